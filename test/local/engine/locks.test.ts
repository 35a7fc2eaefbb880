import { expect } from "chai";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

import { clearDeadLocks, describeLock, readLocks } from "../../../local/engine/locks";
import type { Workspace } from "../../../local/engine/run";

describe("a lock of the file backend", () => {
  let root: string;
  let workspace: Workspace;

  const lock = (name: string, owner: { pid: number; hostname: string }) => {
    const file = join(root, ".pulumi", "locks", "organization", "toy", "staging", `${name}.json`);
    writeFileSync(file, JSON.stringify({ username: "ann", timestamp: "2026-03-01T12:03:04.5Z", ...owner }));
    return file;
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "locks-"));
    mkdirSync(join(root, ".pulumi", "locks", "organization", "toy", "staging"), { recursive: true });
    writeFileSync(join(root, "Pulumi.yaml"), "name: toy\nruntime: nodejs\n");
    const folders = { folder: root, programFolder: root, backendFolder: root, home: root };
    workspace = { engine: "/opt/pulumi", stack: "staging", passphrase: "", providers: {}, ...folders };
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it("is dead when its process id now belongs to something that is not pulumi", () => {
    const file = lock("mine", { pid: process.pid, hostname: hostname() });
    expect(clearDeadLocks(workspace).map(({ owner }) => owner)).to.deep.equal(["dead"]);
    expect(existsSync(file)).to.equal(false);
  });

  it("is left alone when its owner is on another machine", () => {
    const file = lock("theirs", { pid: process.pid, hostname: "elsewhere" });
    expect(readLocks(workspace).map(({ owner }) => owner)).to.deep.equal(["unknown"]);
    expect(clearDeadLocks(workspace)).to.deep.equal([]);
    expect(existsSync(file)).to.equal(true);
  });

  it("is left alone while it is being written", () => {
    const file = lock("new", { pid: 1, hostname: hostname() });
    writeFileSync(file, "");
    expect(clearDeadLocks(workspace)).to.deep.equal([]);
    expect(existsSync(file)).to.equal(true);
  });

  it("is described in one plain sentence", () => {
    const since = new Date(2026, 2, 1, 12, 3, 4);
    const held = {
      file: "",
      stack: "staging",
      pid: 1234,
      username: "root",
      hostname: "host",
      since,
      owner: "alive",
    } as const;
    expect(describeLock(held, since)).to.equal(
      "staging is being updated by process 1234 of root@host since 12:03:04",
    );
    expect(describeLock(held, new Date(2026, 2, 2))).to.equal(
      "staging is being updated by process 1234 of root@host since 2026-03-01 12:03:04",
    );
    expect(describeLock({ ...held, owner: "dead" }, since)).to.equal(
      "staging was left locked by process 1234 of root@host at 12:03:04, which no longer runs",
    );
  });

  it("does not exist for a stack that nothing touches", () => {
    expect(readLocks({ ...workspace, stack: "other" })).to.deep.equal([]);
  });
});
