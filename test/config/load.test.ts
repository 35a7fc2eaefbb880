import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";

import { type LoadedSettings, loadCatalogue, loadReleases, loadSettings } from "../../config/load";
import { record, recordEnvironment, type Registration } from "../support/recorder";
import { block, changed, deliverySettings, sentinel, serviceEntryOf, stackConfig } from "../support/settings";

/** Settings of staging with one value that cannot be used. */
function broken() {
  const config = stackConfig("staging");
  return { ...config, values: { ...config.values, "platform:region": "mars" } };
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("loading the settings of the running stack", () => {
  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("wraps a secret again, so that the engine keeps it encrypted", async () => {
    const { values, encrypted } = stackConfig("staging");
    let isSecret: boolean | undefined;
    let value: string | undefined;
    await record(
      async () => {
        pulumi.runtime.setAllConfig({ ...values }, [...encrypted]);
        const { slackToken } = loadSettings();
        isSecret = slackToken && (await pulumi.isSecret(slackToken));
        slackToken?.apply((plain) => (value = plain));
      },
      { stack: "staging" },
    );
    expect({ isSecret, value }).to.deep.equal({ isSecret: true, value: sentinel });
  });

  it("leaves the secret out where there is none", async () => {
    const { values } = stackConfig("popup-search");
    let keys: string[] = [];
    await record(
      () => {
        pulumi.runtime.setAllConfig({ ...values });
        keys = Object.keys(loadSettings());
      },
      { stack: "popup-search" },
    );
    expect(keys).to.include("project").and.not.include("slackToken");
  });

  it("fails with the one kind of error that Pulumi prints without a stack trace, naming the stack's file", async () => {
    const error = await failureOf(() => recordEnvironment("staging", { config: broken() }));
    expect(pulumi.RunError.isInstance(error)).to.equal(true);
    expect((error as Error).message).to.match(
      /^1 problem in Pulumi\.staging\.yaml, nothing was changed:\n {2}- platform:region is "mars"/,
    );
  });

  it("refuses a secret that the stack file holds in plain text", async () => {
    const config = { ...stackConfig("staging"), encrypted: [] };
    const error = await failureOf(() => recordEnvironment("staging", { config }));
    expect((error as Error).message).to.include("platform:slackToken stands there unencrypted");
    expect((error as Error).message).not.to.include(sentinel);
  });

  it("registers nothing but the stack itself when a setting is wrong", async () => {
    const seen: Registration[] = [];
    await failureOf(() =>
      recordEnvironment("staging", { config: broken(), onRegistration: (made) => seen.push(made) }),
    );
    expect(seen.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
  });

  for (const [stack, reason] of [
    ["test", /^"test" is no stack of this program; allowed: ci, popups, staging, production, or popup-NAME$/],
    ["popup-a--b", /^"popup-a--b" is no name for a pop-up; after popup- come 3 to 15 /],
  ] as const) {
    it(`refuses the stack ${stack}, which is none of this program's, whatever its settings are`, async () => {
      for (const config of [stackConfig("staging"), broken()]) {
        const seen: Registration[] = [];
        const error = await failureOf(() =>
          recordEnvironment(stack, { config, onRegistration: (made) => seen.push(made) }),
        );
        expect(pulumi.RunError.isInstance(error)).to.equal(true);
        expect((error as Error).message).to.match(reason);
        expect(seen.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
      }
    });
  }
});

describe("loading the catalogue", () => {
  it("fails with the kind of error that Pulumi prints without a stack trace, naming the file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "catalogue-"));
    try {
      writeFileSync(
        join(folder, "billing.yaml"),
        "owner: a\nrepository: https://git.example/a\nstores: []\ncolour: red",
      );
      const error = await failureOf(() => Promise.resolve().then(() => loadCatalogue(folder)));
      expect(pulumi.RunError.isInstance(error)).to.equal(true);
      expect((error as Error).message).to.match(/^1 problem in catalog\/services\/billing\.yaml, /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves a failure that is no mistake in a file as it is, with its stack trace", async () => {
    const error = await failureOf(() =>
      Promise.resolve().then(() => loadCatalogue(join(tmpdir(), "no", "such"))),
    );
    expect(pulumi.RunError.isInstance(error)).to.equal(false);
    expect((error as Error).message).to.include("ENOENT");
  });
});

describe("loading the releases", () => {
  const catalogue = { billing: serviceEntryOf() };
  const release = "{ version: 1.4.2, by: jenkins, build: billing/main/38 }";

  /** What is loaded, for settings that name `staging`, from a folder with one file. */
  function loaded(file: string, text: string, settings: LoadedSettings = deliverySettings()) {
    const folder = mkdtempSync(join(tmpdir(), "releases-"));
    try {
      writeFileSync(join(folder, file), text);
      return loadReleases(folder, settings, catalogue);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  it("takes the file that the settings name", () => {
    expect(loaded("staging.yaml", `billing: ${release}`)["billing"]?.version).to.equal("1.4.2");
  });

  it("takes the versions of the settings before those of the file, and leaves the others", () => {
    const settings = deliverySettings();
    const two = { billing: serviceEntryOf(), routing: serviceEntryOf() };
    const folder = mkdtempSync(join(tmpdir(), "releases-"));
    try {
      writeFileSync(join(folder, "staging.yaml"), `billing: ${release}\nrouting: ${release}`);
      const services = { ...settings.services, versions: { billing: "1.5.0-pr.57" } };
      const releases = loadReleases(folder, { ...settings, services }, two);
      expect(releases["billing"]?.version).to.equal("1.5.0-pr.57");
      expect(releases["routing"]?.version).to.equal("1.4.2");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("refuses a version of a service that nobody knows, with the name that was meant", () => {
    const settings = deliverySettings();
    const services = { ...settings.services, versions: { biling: "1.5.0" } };
    expect(() => loaded("staging.yaml", "{}", { ...settings, services })).to.throw(/did you mean billing\?/);
  });

  it("finds none where nothing of the product runs, whatever files there are", () => {
    const ci = { environment: "ci" } as LoadedSettings;
    expect(loaded("staging.yaml", `billing: ${release}`, ci)).to.deep.equal({});
  });

  it("fails with the kind of error that Pulumi prints without a stack trace, naming the file", async () => {
    for (const [file, text] of [
      ["staging.yaml", `shipping: ${release}`],
      ["other.yaml", "{}"],
    ] as const) {
      const error = await failureOf(() => Promise.resolve().then(() => loaded(file, text)));
      expect(pulumi.RunError.isInstance(error)).to.equal(true);
      expect((error as Error).message).to.match(/^1 problem in catalog\/releases\/staging\.yaml, /);
    }
  });

  it("registers nothing but the stack itself when there is something wrong with them", async () => {
    const seen: Registration[] = [];
    const config = changed("staging", block("staging", "platform:services.releases", "elsewhere"));
    const error = await failureOf(() =>
      recordEnvironment("staging", { config, onRegistration: (made) => seen.push(made) }),
    );
    expect((error as Error).message).to.include("catalog/releases/elsewhere.yaml");
    expect(seen.map(({ type }) => type)).to.deep.equal(["pulumi:pulumi:Stack"]);
  });
});
