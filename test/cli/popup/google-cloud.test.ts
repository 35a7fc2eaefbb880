/**
 * A pop-up by the `pulumi` of whoever types, as on Google Cloud: the real engine on a backend of its own, with stand-ins for
 * the providers, and an inventory that says what the emulated cloud has, in the form of Google's.
 */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { findEngine } from "../../../local/engine/find";
import { type LanguageHost, startLanguageHost } from "../../../local/engine/language-host";
import { readStackFile } from "../../../config/stack-file";
import type { Cloud } from "../../../local/cloud/cloud";
import { assumeShared } from "../../../local/world/shared-names";
import { type Checkout, cloneOfThis, type Ended } from "../../support/checkout";
import { type PlanWorld, startPlanWorld, temporaryFolder } from "../../support/plan-world";

const project = "acme-popups";

/** Cloud Asset Inventory and Cloud DNS, as far as they list: a page each, and of assets two. */
function inventory(cloud: Cloud, asked: string[]): Server {
  const own = () => cloud.list().filter((made) => made.project === project);
  const isRecord = (id: string) => id.includes("/rrsets/");
  return createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    asked.push(`${String(request.headers.authorization)} ${url.pathname}`);
    const answer = () => {
      if (url.pathname.endsWith(":searchAllResources")) {
        const all = own()
          .filter(({ id }) => !isRecord(id))
          .map(({ id, inputs }) => ({
            name: `//any.googleapis.com/${id}`,
            assetType: "any.googleapis.com/Any",
            labels: inputs["labels"] ?? inputs["resourceLabels"],
            description: inputs["description"],
          }));
        return url.searchParams.has("pageToken")
          ? { results: all.slice(5) }
          : { results: all.slice(0, 5), nextPageToken: "more" };
      }
      if (url.pathname.endsWith("/rrsets")) {
        return {
          rrsets: own()
            .filter(({ id }) => isRecord(id))
            .map(({ inputs }) => ({ name: inputs["name"], type: inputs["type"] })),
        };
      }
      return { managedZones: [{ name: "popups" }] };
    };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer()));
  });
}

describe("a pop-up on Google Cloud", function () {
  this.timeout(600_000);
  let plan: PlanWorld;
  let checkout: Checkout;
  let host: LanguageHost;
  let server: Server;
  const asked: string[] = [];
  let environment: NodeJS.ProcessEnv;

  before(async () => {
    plan = await startPlanWorld();
    checkout = cloneOfThis();
    checkout.edit("Pulumi.popups.yaml", /^secretsprovider: .*/m, "secretsprovider: passphrase");
    const template = readStackFile(
      (await checkout.run(checkout.folder, "cat", "templates/popup.yaml")).out,
      "templates/popup.yaml",
    );
    await assumeShared(plan.world.cloud, template.config);
    host = await startLanguageHost({ programFolder: checkout.folder });
    server = inventory(plan.world.cloud, asked);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    environment = {
      ...(await ownEngine()),
      GOOGLE_OAUTH_ACCESS_TOKEN: "mine",
      PLATFORM_INVENTORY_LAG: "2",
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDASSET: api,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS: api,
    };
  });
  after(async () => {
    server.close();
    await host.close();
    await plan.close();
  });

  /** A `pulumi` on PATH that is the engine, with a backend and stand-ins where a person has logged in and has plugins. */
  async function ownEngine(): Promise<NodeJS.ProcessEnv> {
    const folder = temporaryFolder("platform-own-engine-");
    const backend = join(folder, "state");
    mkdirSync(backend);
    const engine = (await findEngine()).command;
    writeFileSync(
      join(folder, "pulumi"),
      `#!/bin/sh\ncase "$1" in up) set -- "$@" --client=${host.address} ;; esac\nexec '${engine}' "$@"\n`,
      { mode: 0o755 },
    );
    const providers = Object.entries(plan.world.providers).map(([name, port]) => `${name}:${port}`);
    return {
      PATH: `${folder}:${process.env["PATH"]}`,
      HOME: folder,
      PULUMI_HOME: join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${backend}`,
      PULUMI_CONFIG_PASSPHRASE: "own",
      PULUMI_DEBUG_PROVIDERS: providers.join(","),
      PULUMI_SKIP_UPDATE_CHECK: "true",
    };
  }

  const run = (program: string, args: string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    new Promise((resolve) => {
      const options = { cwd: checkout.folder, env: { ...environment, ...more } };
      execFile(join(checkout.folder, program), args, options, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  const platform = (...args: string[]) => run("platform", ["popup", ...args]);
  const ofPopup = () =>
    plan.world.cloud.list().filter((made) => JSON.stringify(made).includes("popup-billing-57"));

  it("is made by the script of the job, for a pull request, and written down before anything else", async () => {
    const wish = {
      DO: "up",
      NAME: "",
      FOR: "billing/57",
      FROM: "staging",
      TTL: "1d",
      OWNER: "services/billing/PR-57 #3",
    };
    const { code, out, err } = await run("jenkins/pipelines/popup.sh", [], {
      ...wish,
      VERSIONS: "billing=1.5.0-pr.57 routing=1.9.2",
    });
    expect(code, err).to.equal(0);
    expect(out).to.match(
      /^popup-billing-57 is up: what staging runs, but billing 1\.5\.0-pr\.57, routing 1\.9\.2\n/,
    );
    expect(out).to.include("gcloud container clusters get-credentials popup-billing-57-main-");
    expect(ofPopup()).to.not.deep.equal([]);
    const listed = await platform("list");
    expect(listed.out).to.match(
      /^billing-57 +services\/billing\/PR-57 #3 +staging, billing 1\.5\.0-pr\.57, routing 1\.9\.2 +in 23 h +up$/m,
    );
  });

  it("is brought to the next version by another machine, in its slice and for the time that it has", async () => {
    const slice = () =>
      plan.world.cloud.list("compute/subnetwork:Subnetwork").map(({ inputs }) => inputs["ipCidrRange"]);
    const before = slice();
    const longer = await platform("extend", "billing-57", "--ttl", "3d");
    expect(longer.code, longer.err).to.equal(0);
    const { code, out, err } = await run("jenkins/pipelines/popup.sh", [], {
      ...{ DO: "up", NAME: "", FOR: "billing/57", FROM: "staging", TTL: "1d", OWNER: "somebody else" },
      VERSIONS: "billing=1.5.0-pr.58",
    });
    expect(code, err).to.equal(0);
    expect(out).to.match(/^popup-billing-57 is up: what staging runs, but billing 1\.5\.0-pr\.58\n/);
    expect(out).to.include("(in 2 days)");
    expect(slice()).to.deep.equal(before);
  });

  it("has a slice of the address plan that no other has", async () => {
    const { code, err } = await platform("up", "other", "--by", "ada");
    expect(code, err).to.equal(0);
    const subnets = plan.world.cloud
      .list("compute/subnetwork:Subnetwork")
      .map(({ inputs }) => inputs["ipCidrRange"]);
    expect(new Set(subnets).size).to.equal(2);
  });

  it("is extended and removed by the same script, and nothing of it is left, its settings included", async () => {
    const extended = await run("jenkins/pipelines/popup.sh", [], {
      DO: "extend",
      NAME: "billing-57",
      TTL: "3d",
    });
    expect(extended.code, extended.err).to.equal(0);
    asked.length = 0;
    const { code, out, err } = await run("jenkins/pipelines/popup.sh", [], {
      DO: "down",
      NAME: "billing-57",
    });
    expect(code, err).to.equal(0);
    expect(out).to.equal("popup-billing-57 is gone: nothing in acme-popups carries its name\n");
    expect(ofPopup()).to.deep.equal([]);
    const settings = readdirSync(checkout.folder).filter((file) => file.startsWith("Pulumi.popup-"));
    expect(settings).to.deep.equal([]);
    expect((await platform("list")).out).to.not.include("billing-57");
    expect(asked).to.include("Bearer mine /v1/projects/acme-popups:searchAllResources");
    expect(asked).to.include("Bearer mine /dns/v1/projects/acme-popups/managedZones/popups/rrsets");
  });

  it("is not said to be gone where the inventory does not answer", async () => {
    const api = { CLOUDSDK_API_ENDPOINT_OVERRIDES_DNS: "http://127.0.0.1:1/" };
    const before = plan.world.cloud.list().length;
    const failed = await run("platform", ["popup", "down", "other"], api);
    expect(failed.code).to.equal(1);
    expect(failed.err).to.include("/managedZones does not answer: ");
    expect(failed.err).to.include("nobody can tell what is left of a pop-up").and.not.include("    at ");
    // Nor is anything begun whose end could not be told.
    expect(plan.world.cloud.list()).to.have.length(before);
    const done = await platform("down", "other");
    expect([done.code, done.out], done.err).to.deep.equal([
      0,
      "popup-other is gone: nothing in acme-popups carries its name\n",
    ]);
    expect((await platform("list")).out).to.equal("there are no pop-ups\n");
  });

  it("is refused by the script with what it cannot do", async () => {
    const { code, err } = await run("jenkins/pipelines/popup.sh", [], { DO: "reap" });
    expect([code, err]).to.deep.equal([2, 'DO is "reap"; it must be up, extend or down\n']);
  });
});
