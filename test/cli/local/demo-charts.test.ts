/** Which charts the registry of a world gets, and from what. That Helm installs them is the business of test/full. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { expect } from "chai";

import { demoValues, fillRegistry, inventedDigest } from "../../../cli/local/demo-charts";
import { CommandFailure } from "../../../cli/failure";
import type { ServicesSettings } from "../../../config/settings";
import type { ChartFile, Charts, ChartsAnswer } from "../../../local/world/control";
import { serviceEntryOf } from "../../support/settings";

const repository = "europe-west1-docker.pkg.dev/acme-ci/charts";

describe("the demo charts", () => {
  let root: string;
  let published: Charts<ChartFile>[];
  let progress: string[];
  let there: string[];
  let refused: string | undefined;

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const entry = (stores: string[]) =>
    JSON.stringify({ owner: "team", repository: "https://github.com/acme/one", stores });
  const answer = (charts: Charts<{ name: string; version: string }>): ChartsAnswer => {
    if (refused !== undefined) return { refused };
    return { charts: charts.charts.filter(({ name }) => !there.includes(name)) };
  };
  const client = {
    missingCharts: (wanted: Charts<{ name: string; version: string }>) => Promise.resolve(answer(wanted)),
    publishCharts: (charts: Charts<ChartFile>) => {
      published.push(charts);
      return Promise.resolve(answer(charts));
    },
  };
  const fill = (services: ServicesSettings) =>
    fillRegistry(services, {
      ...{ root, client, helm: join(root, "helm"), temporary: join(root, "runs") },
      onProgress: (line) => progress.push(line),
    });
  const services = (charts = `oci://${repository}`): ServicesSettings => ({
    ...{ releases: "staging", overrides: "staging", charts },
  });
  /** What was published, as the packaging was asked for it. */
  const asked = () =>
    published.flatMap(({ charts }) =>
      charts.map(({ name, version, archive }) => [name, version, Buffer.from(archive, "base64").toString()]),
    );

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-demo-"));
    [published, progress, there, refused] = [[], [], [], undefined];
    write("catalog/services/billing.yaml", entry(["postgres"]));
    write("catalog/services/webhooks.yaml", entry([]));
    write(
      "catalog/releases/staging.yaml",
      "billing: { version: 1.4.2, by: me, build: none }\nwebhooks: { version: 0.8.0, by: me, build: none }\n",
    );
    write(
      "templates/service/chart/values.yaml",
      "service: { metrics: /numbers, migration: { command: [go] } }\n",
    );
    write("charts/service/Chart.yaml", "apiVersion: v2\nname: service-base\nversion: 1.0.0\n");
    // Both write down what they were asked for, and the values that they were given.
    write("charts/service/package.sh", '{ echo "$@"; cat "$2"; } > "${12}/$4-$6.tgz"\n');
    write("helm", '#!/bin/sh\necho "$@" > "$4/service-base-1.0.0.tgz"\n');
    chmodSync(join(root, "helm"), 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("are there for every service that a stack releases, and for their base", async () => {
    await fill(services());
    expect(published.map((one) => one.repository)).to.deep.equal([repository]);
    expect(asked().map(([name, version]) => [name, version])).to.deep.equal([
      ["service-base", "1.0.0"],
      ["billing", "1.4.2"],
      ["webhooks", "0.8.0"],
    ]);
    const [, billing = []] = asked();
    expect(billing[2]).to.include("--repository europe-west1-docker.pkg.dev/acme-ci/images/billing ");
    expect(billing[2]).to.include(`--digest ${inventedDigest({ name: "billing", version: "1.4.2" })} `);
    expect(published[0]?.charts.map(({ annotations }) => Object.keys(annotations))).to.deep.equal(
      Array(3).fill(["platform.local/invented"]),
    );
  });

  it("are not packaged again when they are there, whoever made them", async () => {
    there = ["service-base", "billing"];
    await fill(services());
    expect(asked().map(([name]) => name)).to.deep.equal(["webhooks"]);
    there.push("webhooks");
    await fill(services());
    expect(published).to.have.length(1);
  });

  it("are no business of another registry", async () => {
    await fill(services("oci://ghcr.io/acme/charts"));
    expect(published).to.deep.equal([]);
  });

  it("are left out in plain words where the registry has no such repository", async () => {
    refused = 'Repository "charts" not found';
    await fill(services());
    expect(progress).to.deep.equal(['no demo charts: Repository "charts" not found']);
    expect(published).to.deep.equal([]);
  });

  it("say what is wrong when one cannot be packaged, and leave no file", async () => {
    write("charts/service/package.sh", "echo the values have an unknown key >&2; exit 1\n");
    const error: unknown = await fill(services()).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(CommandFailure);
    expect((error as Error).message).to.match(
      /^the demo chart of \w+ [\d.]+ cannot be packaged: the values have an/,
    );
    expect(readdirSync(join(root, "runs"))).to.deep.equal([]);
  });

  it("have the values of the template, without migrations where there is nothing to migrate", () => {
    const catalogue = {
      billing: serviceEntryOf({ stores: ["postgres"] }),
      webhooks: serviceEntryOf({ stores: [] }),
    };
    expect(demoValues(root, "billing", catalogue))
      .to.include("metrics: /numbers")
      .and.include("migration:");
    expect(demoValues(root, "webhooks", catalogue))
      .to.include("metrics: /numbers")
      .and.not.include("migration:");
  });

  it("name an image that is the same wherever they are made, and another for every version", () => {
    const digest = (version: string) => inventedDigest({ name: "billing", version });
    expect(digest("1.4.2")).to.equal(
      "sha256:68b5c308035afd7965cc118a83b78cc2065394d9ed8a071a06375f708470088f",
    );
    expect(digest("1.4.3")).to.not.equal(digest("1.4.2"));
  });
});
