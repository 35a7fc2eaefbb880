/** What `package.sh` makes of a service's values, and what it refuses; then what an install may not change of it. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";

import type { Block } from "../../support/rendered-objects";
import { chartFolder, digest, example, repository, ServiceChart } from "../../support/service-chart";

const own = {
  service: {
    migration: { command: ["node", "dist/migrate.js"] },
    probes: { startSeconds: 90 },
    variables: { LOG_LEVEL: "info", RATIO: "1.0", ON: "true" },
    writable: ["/tmp", "/var/cache"],
  },
};

describe("packaging a service", () => {
  let charts: ServiceChart;
  let archive: string;

  before(async () => {
    charts = await ServiceChart.open();
    archive = await charts.archive(own);
  });
  after(() => charts.close());

  const inside = (path: string) =>
    execFileSync("tar", ["-xzOf", archive, `billing/${path}`], { encoding: "utf8" });

  it("makes a chart of the service's name and version, which says what it was made from", () => {
    expect(archive.endsWith("/packaged/billing-1.4.2.tgz")).to.equal(true);
    const base = parse(readFileSync(join(chartFolder, "Chart.yaml"), "utf8")) as Block;
    const { description, ...rest } = parse(inside("Chart.yaml")) as Block;
    expect(description).to.contain("billing");
    expect(rest).to.deep.equal({
      ...{ apiVersion: "v2", name: "billing", type: "application", version: "1.4.2", appVersion: "1.4.2" },
      kubeVersion: base["kubeVersion"],
      annotations: { "platform/service-base": base["version"] },
    });
  });

  it("puts the service's values over the defaults, and the image beside them", () => {
    const { service, ...others } = parse(inside("values.yaml")) as { service: Block };
    expect(others).to.deep.equal({});
    expect(service).to.deep.equal({
      ...{ image: { repository, digest }, command: [], args: [], metrics: "/metrics", stopSeconds: 30 },
      probes: { live: "/health/live", ready: "/health/ready", startSeconds: 90 },
      ...{
        migration: own.service.migration,
        variables: own.service.variables,
        writable: own.service.writable,
      },
    });
  });

  it("keeps the schema and the templates, and nothing that only packaging needs", () => {
    expect(inside("values.schema.json")).to.equal(
      readFileSync(join(chartFolder, "values.schema.json"), "utf8"),
    );
    const files = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).trim().split("\n");
    expect(files.filter((file) => !file.includes("/templates/"))).to.have.members(
      ["Chart.yaml", "values.yaml", "values.schema.json", "packaged.yaml"].map((file) => `billing/${file}`),
    );
  });

  it("takes a service that says nothing of itself", async () => {
    for (const values of ["", "# nothing\n", "service: {}\n"]) {
      expect((await charts.package(values)).stderr).to.equal("");
    }
  });

  it("works from the base as a repository of charts serves it", async () => {
    const { stderr } = await charts.helm("package", chartFolder, "--destination", charts.folder);
    expect(stderr).to.equal("");
    mkdirSync(join(charts.folder, "build"));
    const base = join(charts.folder, "service-base-1.0.0.tgz");
    execFileSync("tar", ["-xzf", base, "-C", join(charts.folder, "build")]);
    const script = join(charts.folder, "build", "service-base", "package.sh");
    const { stdout } = await charts.package(own, { version: "1.4.3" }, script);
    expect(stdout).to.contain("billing-1.4.3.tgz");
  });

  const flags: Readonly<Record<string, readonly [flag: string, value: string | undefined, says: string]>> = {
    "no digest": ["digest", undefined, '--digest is ""; give the digest that the push of the image printed'],
    "a digest that is none": ["digest", "sha256:1", '--digest is "sha256:1"'],
    "a tag for a digest": ["digest", "1.4.2", '--digest is "1.4.2"'],
    "an image with a tag": ["repository", `${repository}:1.4.2`, "without a tag"],
    "no version": ["version", undefined, "give one exact version"],
    "a range": ["version", "^1.4.0", '--version is "^1.4.0"; give one exact version'],
    "a wildcard": ["version", "1.4.x", "give one exact version"],
    "two versions": ["version", "1.4.2\n1.4.3", "give one exact version"],
    "a version of git's": ["version", "v1.4.2", "give one exact version"],
    "a version that no image's tag can be": ["version", "1.4.2+build", "give one exact version"],
    "a version too long for a label": ["version", `1.4.2-${"x".repeat(60)}`, "give one exact version"],
    "a name that is none": ["name", "Billing_2", '--name is "Billing_2"; a service\'s name is'],
    "a name that is too long": ["name", "b".repeat(21), "1-20 lower case letters"],
    "no values": ["values", "/nowhere/values.yaml", "there is no such file"],
  };
  for (const [what, [flag, value, says]] of Object.entries(flags)) {
    it(`refuses ${what}`, async () => {
      const { exitCode, stdout, stderr } = await charts.package(own, { [flag]: value });
      expect(stderr).to.contain(says);
      expect(exitCode).to.equal(1);
      expect(stdout).to.equal("");
    });
  }

  const values: Readonly<Record<string, readonly [values: unknown, says: string]>> = {
    "an environment": [
      { ...own, environment: example("bare") },
      "have an `environment`: the platform's program gives it",
    ],
    "another block": [
      { ...own, replicas: 2 },
      "an unknown key replicas; all of a service's values are in `service`",
    ],
    "an image in the file": [{ service: { image: { digest } } }, "a service.image: it is written here"],
    "values that are no block": [{ service: "billing" }, "is no block of keys"],
    "no YAML": ["service: [", "did not find expected"],
    "an unknown key": [
      { service: { probe: {} } },
      "at '/service': additional properties 'probe' not allowed",
    ],
    "an unknown key further in": [
      { service: { probes: { alive: "/live" } } },
      "at '/service/probes': additional properties 'alive' not allowed",
    ],
    "a path that is none": [{ service: { probes: { live: "live" } } }, "'live' does not match pattern"],
    "a number in quotes": [
      { service: { stopSeconds: "30" } },
      "'/service/stopSeconds': got string, want integer",
    ],
    "a default taken away": [{ service: { probes: null } }, "at '/service': missing property 'probes'"],
    "a number for a variable": [{ service: { variables: { RATIO: 1 } } }, "got number, want string"],
    "a variable in lower case": [{ service: { variables: { ratio: "1" } } }, "invalid propertyName 'ratio'"],
    "a variable of the platform": [
      { service: { variables: { DATABASE_URL: "x" } } },
      "service.variables.DATABASE_URL is a variable of the platform",
    ],
    "a migration of nothing": [{ service: { migration: { command: [] } } }, "minItems: got 0, want 1"],
    "the root as a folder to write to": [{ service: { writable: ["/"] } }, "'/' does not match pattern"],
    "a way out of a folder": [{ service: { writable: ["/tmp/../etc"] } }, "does not match pattern"],
  };
  for (const [what, [given, says]] of Object.entries(values)) {
    it(`refuses ${what}, in words without a stack`, async () => {
      const { exitCode, stderr } = await charts.package(given);
      expect(stderr).to.contain(says).and.not.contain("--debug").and.not.contain(".tpl");
      expect(exitCode).to.equal(1);
    });
  }

  it("leaves nothing behind where it refuses", () => {
    expect(readdirSync(join(charts.folder, "packaged"))).to.deep.equal([
      "billing-1.4.2.tgz",
      "billing-1.4.3.tgz",
    ]);
  });

  describe("so that an install", () => {
    const environment = example("cloud-sql");
    const install = async (given: unknown, chart = archive) =>
      (await charts.template(given, { chart })).stderr;

    it("gives its environment, and needs nothing else", async () => {
      expect(await install({ environment })).to.equal("");
    });

    const changes: Readonly<Record<string, unknown>> = {
      image: { repository, digest: digest.replace("1", "2") },
      stopSeconds: 31,
      args: ["--debug"],
      migration: { command: ["true"] },
      variables: { LOG_LEVEL: "debug" },
      writable: [],
    };
    for (const [key, value] of Object.entries(changes)) {
      it(`cannot change the service's ${key}`, async () => {
        expect(await install({ environment, service: { [key]: value } })).to.contain(
          `service.${key} is not as it was packaged: it belongs to the repository of billing`,
        );
      });
    }

    it("cannot add what the service leaves out, or take away what it has", async () => {
      const bare = await charts.archive({ service: {} }, { version: "1.4.4" });
      expect(await install({ environment, service: { migration: { command: ["x"] } } }, bare)).to.contain(
        "service.migration is not as it was packaged",
      );
      expect(await install({ environment, service: { migration: null } })).to.contain(
        "at '/service/migration': got null, want object",
      );
    });

    it("fails without an environment, which no chart has", async () => {
      expect(await install({})).to.contain("missing property 'environment'");
    });

    it("fails where somebody has made a service's chart by hand", async () => {
      const folder = join(charts.folder, "by-hand");
      mkdirSync(folder, { recursive: true });
      execFileSync("tar", ["-xzf", archive, "-C", folder]);
      rmSync(join(folder, "billing", "packaged.yaml"));
      expect(await install({ environment }, join(folder, "billing"))).to.contain(
        "it was not packaged by package.sh of service-base",
      );
    });
  });
});
