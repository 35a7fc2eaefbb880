import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";

import { SettingsError } from "../../config/problems";
import { namespace, secretKeys } from "../../config/settings";
import { encryptedPaths, inSlice, isEncrypted, rawConfigOf, readStackFile } from "../../config/stack-file";
import { longLivedStacks, popupsBase } from "../../config/stacks";
import { root, stackFile } from "../support/settings";

describe("a stack file", () => {
  const text = `
secretsprovider: gcpkms://x
config:
  platform:owner: team
  platform:customerData: false
  platform:projectNumber: "123"
  platform:network: { addresses: ci }
  platform:token:
    secure: c2VjcmV0
  platform:channels:
    - name: one
      hook: { secure: aG9vaw== }
`;
  const file = readStackFile(text, "Pulumi.x.yaml");

  it("says where its encrypted values are, inside blocks and lists too", () => {
    expect(encryptedPaths(file.config)).to.deep.equal([
      ["platform:token"],
      ["platform:channels", "0", "hook"],
    ]);
  });

  it("becomes what the engine hands over: scalars as text, blocks as JSON, a placeholder for each secret", () => {
    expect(rawConfigOf(file, "hidden")).to.deep.equal({
      file: "Pulumi.x.yaml",
      values: {
        "platform:owner": "team",
        "platform:customerData": "false",
        "platform:projectNumber": "123",
        "platform:network": '{"addresses":"ci"}',
        "platform:token": "hidden",
        "platform:channels": '[{"name":"one","hook":"hidden"}]',
      },
      encrypted: ["platform:token", "platform:channels"],
    });
  });

  it("can be put into another slice of the address plan, with all else as it was", () => {
    const network = { addresses: "ci", egressAddresses: 2 };
    const moved = inSlice({ ...file, config: { ...file.config, "platform:network": network } }, "popup-7");
    expect(moved).to.deep.equal({
      ...file,
      config: { ...file.config, "platform:network": { addresses: "popup-7", egressAddresses: 2 } },
    });
  });

  it("can be put into a slice when it has none yet, as a template has", () => {
    for (const config of [{}, { "platform:network": 7 }]) {
      expect(inSlice({ ...file, config }, "popup-7").config).to.deep.equal({
        "platform:network": { addresses: "popup-7" },
      });
    }
  });

  it("may have no settings", () => {
    expect(readStackFile("encryptionsalt: v1:x", "Pulumi.x.yaml").config).to.deep.equal({});
  });

  for (const [title, broken, problem] of [
    ["what is not YAML", "config: [", "it is not YAML: "],
    ["a list", "- a", "it needs a block `config:`"],
    ["an empty file", "", "it needs a block `config:`"],
    ["settings that are no block", "config: 7", "it needs a block `config:`"],
  ] as const) {
    it(`is not ${title}`, () => {
      expect(() => readStackFile(broken, "Pulumi.x.yaml")).to.throw(SettingsError, problem);
      expect(() => readStackFile(broken, "Pulumi.x.yaml")).to.throw("in Pulumi.x.yaml");
    });
  }

  for (const [title, value, expected] of [
    ["a block with `secure` alone", { secure: "x" }, true],
    ["a block with `secure` and more", { secure: "x", other: 1 }, false],
    ["a block whose `secure` is no text", { secure: true }, false],
    ["a text", "secure", false],
    ["nothing", null, false],
  ] as const) {
    it(`${expected ? "takes" : "does not take"} ${title} for an encrypted value`, () => {
      expect(isEncrypted(value)).to.equal(expected);
    });
  }
});

describe("the stack files of this repository", () => {
  for (const stack of longLivedStacks) {
    const read = () =>
      parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as Record<string, unknown>;

    it(`keep the secrets of ${stack} under a KMS key of its own`, () => {
      expect(read()["secretsprovider"]).to.match(
        new RegExp(`^gcpkms://projects/[a-z0-9-]+/locations/[a-z0-9-]+/keyRings/pulumi/cryptoKeys/${stack}$`),
      );
      expect(read()).to.not.have.any.keys("encryptionsalt", "encryptedkey");
    });

    it(`hold nothing of ${stack} in plain text that is a secret by its name`, () => {
      const { config } = stackFile(stack);
      const suspicious = Object.entries(config).filter(
        ([key, value]) =>
          (secretKeys.includes(key.slice(namespace.length + 1)) ||
            /password|token|secret$|apikey|private/i.test(key)) &&
          !isEncrypted(value),
      );
      expect(suspicious.map(([key]) => key)).to.deep.equal([]);
    });

    it(`switch the default providers of ${stack} off`, () => {
      expect(stackFile(stack).config["pulumi:disable-default-providers"]).to.deep.equal(["*"]);
    });
  }

  it("give each environment a project and a slice of addresses of its own", () => {
    const of = (key: string) =>
      longLivedStacks.flatMap((stack) => {
        const value = stackFile(stack).config[key];
        return value === undefined ? [] : [JSON.stringify(value)];
      });
    for (const key of ["platform:project", "platform:projectNumber", "platform:network"]) {
      // The base of pop-ups has no cluster, and so no network.
      const having = longLivedStacks.length - (key === "platform:network" ? 1 : 0);
      expect(new Set(of(key)).size, key).to.equal(having);
      expect(of(key), key).to.have.length(having);
    }
  });

  it("let exactly the projects of the other environments pull from the registries", () => {
    const registry = stackFile("ci").config["platform:registry"] as { readers: string[] };
    const projects = ["staging", "production", "popup-any"].map(
      (stack) => stackFile(stack).config["platform:projectNumber"],
    );
    expect(registry.readers).to.have.members(projects as string[]);
  });

  it("put pop-ups into the project, the region and the domain of their base, and have them use its names", () => {
    const [base, template] = [stackFile(popupsBase).config, stackFile("popup-any").config];
    for (const key of ["platform:project", "platform:projectNumber", "platform:region"]) {
      expect(template[key], key).to.equal(base[key]);
    }
    expect(template["platform:gateway"]).to.deep.equal({
      domain: base["platform:domain"],
      shared: { zone: popupsBase, certificateMap: popupsBase },
    });
  });

  it("are compared by the account that ci makes for that", () => {
    for (const stack of ["popups", "staging", "production"]) {
      expect(stackFile(stack).config["platform:previewer"]).to.equal(
        `deployer--preview@${String(stackFile("ci").config["platform:project"])}.iam.gserviceaccount.com`,
      );
    }
  });

  it("have their backups restored, where their database is at Google, by the account that ci makes for that", () => {
    for (const stack of ["staging", "production"]) {
      expect(stackFile(stack).config).to.include.keys("platform:database");
      expect(stackFile(stack).config["platform:rehearser"]).to.equal(
        `deployer--rehearsal@${String(stackFile("ci").config["platform:project"])}.iam.gserviceaccount.com`,
      );
    }
  });

  it("release with an account that ci makes for that target", () => {
    const ci = stackFile("ci").config;
    for (const stack of ["staging", "production"]) {
      expect(ci["platform:deployers"]).to.include(stack);
      expect(stackFile(stack).config["platform:deployer"]).to.equal(
        `deployer--${stack}@${String(ci["platform:project"])}.iam.gserviceaccount.com`,
      );
    }
  });
});
