/** Does not prove that an editor understands the schema, nor rules over several keys: those only the program has. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";

import { type JsonSchema, releasesSchema, serviceSchema, stackSchema } from "../../config/editor-schema";
import { secretKeys, settingsOf } from "../../config/settings";
import { longLivedStacks } from "../../config/stacks";
import { popup, root, stackFile, stacks } from "../support/settings";

const read = (...path: string[]) => readFileSync(join(root, ...path), "utf8");

const schema = stackSchema() as {
  properties: { config: { allOf: { if: JsonSchema; then: { $ref: string } }[] } };
  definitions: Record<string, { properties: Record<string, JsonSchema>; required: string[] }>;
};

/** Problems that the schema for the file's kind of environment finds, by path. */
function problems(config: Readonly<Record<string, unknown>>): string[] {
  const definition = schema.definitions[String(config["platform:environment"])];
  const result = z.fromJSONSchema(definition as Parameters<typeof z.fromJSONSchema>[0]).safeParse(config);
  return (result.error?.issues ?? []).map(({ path, ...issue }) =>
    [...path, ...("keys" in issue ? issue.keys : [])].map(String).join(" "),
  );
}

const staging = stackFile("staging").config;

describe("the schema for stack files", () => {
  it("is committed as it is generated", () => {
    expect(
      read("schemas", "stack.schema.json"),
      'schemas/stack.schema.json is out of date: run "npm run schema" and look at the diff',
    ).to.equal(`${JSON.stringify(stackSchema(), undefined, 2)}\n`);
  });

  it("is chosen by the kind of environment", () => {
    expect(
      schema.properties.config.allOf.map((choice) => [choice.if["properties"], choice.then.$ref]),
    ).to.deep.equal([
      [{ "platform:environment": { const: "ci" } }, "#/definitions/ci"],
      [{ "platform:environment": { const: "popups" } }, "#/definitions/popups"],
      [{ "platform:environment": { const: "delivery" } }, "#/definitions/delivery"],
    ]);
    expect(Object.keys(schema.definitions)).to.deep.equal(["ci", "popups", "delivery"]);
  });

  for (const stack of stacks) {
    it(`accepts ${stack} as its file stands`, () => {
      expect(problems(stackFile(stack).config)).to.deep.equal([]);
    });
  }

  for (const stack of longLivedStacks) {
    it(`is named by the file of ${stack}`, () => {
      expect(read(`Pulumi.${stack}.yaml`).split("\n")[0]).to.equal(
        "# yaml-language-server: $schema=schemas/stack.schema.json",
      );
    });
  }

  it("knows every setting of the program and no other", () => {
    for (const [environment, settings] of Object.entries(settingsOf)) {
      expect(
        Object.keys(schema.definitions[environment]?.properties ?? {}).sort(),
        environment,
      ).to.deep.equal(
        Object.keys(settings.shape)
          .map((key) => `platform:${key}`)
          .sort(),
      );
    }
  });

  it("keeps what each setting is for, to be read while writing", () => {
    const silent = Object.values(schema.definitions).flatMap(({ properties }) =>
      Object.entries(properties).flatMap(([key, { description }]) =>
        typeof description === "string" && description.length > 10 ? [] : [key],
      ),
    );
    // These say it by their names alone, and by what is inside them.
    const plain = [
      "alerts",
      "cluster",
      "database",
      "environment",
      "network",
      "projectNumber",
      "registry",
    ].map((key) => `platform:${key}`);
    expect(silent.filter((key) => !plain.includes(key))).to.deep.equal([]);
  });

  const bad: [title: string, change: Record<string, unknown>, problem: string][] = [
    ["an unknown setting", { "platform:regoin": "x" }, "platform:regoin"],
    [
      "an unknown setting inside a block",
      { "platform:network": { addresses: "ci", egressAddresses: 0, cidr: "x" } },
      "cidr",
    ],
    ["a region that does not exist", { "platform:region": "mars" }, "platform:region"],
    ["a number without quotes", { "platform:projectNumber": 200000000002 }, "platform:projectNumber"],
    ["a secret in plain text", { "platform:slackToken": "xoxb-1" }, "platform:slackToken"],
    ["a setting of the other kind of environment", { "platform:registry": {} }, "platform:registry"],
  ];
  for (const [title, change, problem] of bad) {
    it(`refuses ${title}`, () => {
      expect(problems({ ...staging, ...change })).to.have.length(1);
      expect(problems({ ...staging, ...change })[0]).to.include(problem);
    });
  }

  it("refuses a file that leaves something out", () => {
    const rest = Object.entries(staging).filter(([key]) => key !== "platform:owner");
    expect(problems(Object.fromEntries(rest))).to.deep.equal(["platform:owner"]);
  });

  it("leaves other namespaces alone", () => {
    expect(problems({ ...staging, "gcp:project": "x", "pulumi:tags": { a: "b" } })).to.deep.equal([]);
  });

  it("takes secrets only encrypted", () => {
    for (const key of secretKeys) {
      expect(schema.definitions["ci"]?.properties[`platform:${key}`]).to.deep.include({
        properties: { secure: { type: "string" } },
        required: ["secure"],
      });
    }
  });

  it("takes a pop-up's file as the command makes it", () => {
    expect(problems(stackFile(popup).config)).to.deep.equal([]);
  });
});

describe("the schema for services", () => {
  it("is committed as it is generated", () => {
    expect(
      read("schemas", "service.schema.json"),
      'schemas/service.schema.json is out of date: run "npm run schema" and look at the diff',
    ).to.equal(`${JSON.stringify(serviceSchema(), undefined, 2)}\n`);
  });

  const service = z.fromJSONSchema(serviceSchema());

  for (const file of readdirSync(join(root, "catalog", "services"))) {
    it(`accepts ${file}`, () => {
      expect(service.safeParse(parse(read("catalog", "services", file))).error?.issues ?? []).to.deep.equal(
        [],
      );
    });
  }

  it("refuses a store that nobody can make, and an unknown key", () => {
    expect(service.safeParse({ owner: "a-team", stores: ["oracle"] }).success).to.equal(false);
    expect(service.safeParse({ owner: "a-team", stores: [], colour: "red" }).success).to.equal(false);
  });
});

describe("the schema for releases", () => {
  it("is committed as it is generated", () => {
    expect(
      read("schemas", "releases.schema.json"),
      'schemas/releases.schema.json is out of date: run "npm run schema" and look at the diff',
    ).to.equal(`${JSON.stringify(releasesSchema(), undefined, 2)}\n`);
  });

  const releases = z.fromJSONSchema(releasesSchema());

  for (const file of readdirSync(join(root, "catalog", "releases"))) {
    it(`accepts ${file}, which names it`, () => {
      const text = read("catalog", "releases", file);
      expect(releases.safeParse(parse(text)).error?.issues ?? []).to.deep.equal([]);
      expect(text.split("\n")[0]).to.equal(
        "# yaml-language-server: $schema=../../schemas/releases.schema.json",
      );
    });
  }

  it("refuses a range, and a line that says nothing of where it came from", () => {
    const line = { version: "1.4.2", by: "jenkins", build: "billing/main/38" };
    expect(releases.safeParse({ billing: line }).success).to.equal(true);
    expect(releases.safeParse({ billing: { ...line, version: "^1.4.2" } }).success).to.equal(false);
    expect(releases.safeParse({ billing: { version: "1.4.2" } }).success).to.equal(false);
  });
});
