import { z } from "zod";

import { CommandFailure } from "../failure";
import { accessTokens } from "../google/access-token";
import { endpointOf } from "../google/endpoint";
import type { Found } from "./place";

/** Milliseconds for one answer. */
const answerTimeout = 60_000;

const assets = z.object({
  results: z.array(z.looseObject({ name: z.string(), assetType: z.string() })).default([]),
  nextPageToken: z.string().optional(),
});
const zones = z.object({
  managedZones: z.array(z.object({ name: z.string() })).default([]),
  nextPageToken: z.string().optional(),
});
const records = z.object({
  rrsets: z.array(z.looseObject({ name: z.string(), type: z.string() })).default([]),
  nextPageToken: z.string().optional(),
});

/**
 * Everything in a project: what Cloud Asset Inventory finds, and the DNS records, which it does not have.
 *
 * https://docs.cloud.google.com/asset-inventory/docs/reference/rest/v1/TopLevel/searchAllResources
 * https://docs.cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets/list
 * @throws CommandFailure when it cannot be asked
 */
export async function inventoryOf(project: string): Promise<Found[]> {
  const token = await accessTokens()();
  const found: Found[] = [];
  const search = new URL(`v1/projects/${project}:searchAllResources`, endpointOf("cloudasset"));
  search.searchParams.set("pageSize", "500");
  for await (const { results } of pages(search, assets, { token, project })) {
    found.push(
      ...results.map((asset) => ({
        name: asset.name.replace(/^\/\/[^/]+\//, ""),
        text: JSON.stringify(asset),
      })),
    );
  }
  const allZones = new URL(`dns/v1/projects/${project}/managedZones`, endpointOf("dns"));
  for await (const { managedZones } of pages(allZones, zones, { token, project })) {
    for (const zone of managedZones) {
      const place = `projects/${project}/managedZones/${zone.name}/rrsets`;
      for await (const { rrsets } of pages(new URL(`dns/v1/${place}`, endpointOf("dns")), records, {
        token,
        project,
      })) {
        found.push(
          ...rrsets.map((record) => ({
            name: `${place}/${record.name}/${record.type}`,
            text: JSON.stringify(record),
          })),
        );
      }
    }
  }
  return found;
}

interface Caller {
  readonly token: string;
  readonly project: string;
}

async function* pages<T extends { nextPageToken?: string | undefined }>(
  url: URL,
  schema: z.ZodType<T>,
  caller: Caller,
): AsyncGenerator<T> {
  let next: string | undefined = "";
  while (next !== undefined) {
    if (next !== "") url.searchParams.set("pageToken", next);
    const page: T = schema.parse(await ask(url, caller));
    yield page;
    next = page.nextPageToken === "" ? undefined : page.nextPageToken;
  }
}

async function ask(url: URL, { token, project }: Caller): Promise<unknown> {
  const about = `${url.origin}${url.pathname}`;
  const response = await fetch(url, {
    // Calls are counted where the pop-ups are: the API is on there.
    headers: { authorization: `Bearer ${token}`, "x-goog-user-project": project },
    signal: AbortSignal.timeout(answerTimeout),
  }).catch((error: unknown) => {
    const { message, cause } = error as Error;
    throw unknown(`${about} does not answer: ${cause instanceof Error ? cause.message : message}`);
  });
  if (response.ok) return response.json();
  const said = (await response.text()).trim().slice(0, 500);
  throw unknown(
    `${about} answered ${response.status}: ${said}; it takes roles/cloudasset.viewer, roles/dns.reader and serviceusage.services.use in the project of pop-ups`,
  );
}

function unknown(why: string): CommandFailure {
  return new CommandFailure(
    `${why}\nWithout it nobody can tell what is left of a pop-up; start the command again`,
  );
}
