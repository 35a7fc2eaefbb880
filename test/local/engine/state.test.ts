import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import type { Workspace } from "../../../local/engine/run";
import { resourcesInState } from "../../../local/engine/state";

describe("the state of a stack", () => {
  let root: string;
  let workspace: Workspace;

  const write = (checkpoint: object) =>
    writeFileSync(
      join(root, ".pulumi", "stacks", "toy", "staging.json"),
      JSON.stringify({ version: 3, checkpoint }),
    );

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "state-"));
    mkdirSync(join(root, ".pulumi", "stacks", "toy"), { recursive: true });
    writeFileSync(join(root, "Pulumi.yaml"), "name: toy\nruntime: nodejs\n");
    const folders = { folder: root, programFolder: root, backendFolder: root, home: root };
    workspace = { engine: "/no/engine", stack: "staging", passphrase: "", providers: {}, ...folders };
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("is read without an engine, and holds what is there, not what is still to be deleted", () => {
    const resources = [
      { urn: "a", type: "toy:index:Thing", outputs: { size: 1 }, inputs: {} },
      { urn: "b", type: "toy:index:Thing", outputs: { size: 2 }, delete: true },
      { urn: "c", type: "platform:index:Part" },
    ];
    write({ stack: "staging", latest: { resources } });
    expect(resourcesInState(workspace)).to.deep.equal([
      { urn: "a", type: "toy:index:Thing", outputs: { size: 1 } },
      { urn: "c", type: "platform:index:Part", outputs: {} },
    ]);
  });

  it("is empty where there is no stack, and where it never had anything", () => {
    expect(resourcesInState(workspace)).to.deep.equal([]);
    write({ stack: "staging" });
    expect(resourcesInState(workspace)).to.deep.equal([]);
  });
});
