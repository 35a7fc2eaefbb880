import { expect } from "chai";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EngineNotFound, findEngine, minimumVersion } from "../../../local/engine/find";

describe("finding the engine", () => {
  let folder: string;
  let env: Record<string, string>;

  const install = (name: string, script: string) => {
    const file = join(folder, "bin", name);
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  const refusal = async () => {
    const error: unknown = await findEngine({ env }).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(EngineNotFound);
    return (error as EngineNotFound).message;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "find-engine-"));
    mkdirSync(join(folder, "bin"));
    env = { PATH: join(folder, "bin"), HOME: folder, PLATFORM_CACHE: join(folder, "cache") };
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("uses a recent pulumi on PATH", async () => {
    const command = install("pulumi", "echo v3.999.1");
    expect(await findEngine({ env })).to.deep.equal({ command, version: "3.999.1", origin: "path" });
  });

  it("says what was found and what to install when pulumi is too old and Go is missing", async () => {
    install("pulumi", "echo v3.100.0");
    const message = await refusal();
    expect(message).to.match(/found: pulumi 3\.100\.0 on PATH is older than 3\.\d+\.0, no Go on PATH/);
    expect(message).to.match(/install pulumi 3\.\d+\.0 or newer, or Go 1\.\d+\.\d+ or newer/);
  });

  it("says so when there is neither pulumi nor Go", async () => {
    expect(await refusal()).to.contain("found: no pulumi on PATH, no Go on PATH");
  });

  it("does not build with a Go that is older than the module asks for", async () => {
    install("go", "echo go version go1.18.3 linux/amd64");
    expect(await refusal()).to.match(/Go 1\.18\.3 is older than 1\.\d+\.\d+/);
  });

  it("does not use a pulumi that cannot run", async () => {
    install("pulumi", "exit 1");
    expect(await refusal()).to.contain("no pulumi on PATH");
  });

  it("does not use another major version", async () => {
    install("pulumi", "echo v4.0.0");
    expect(await refusal()).to.contain("pulumi 4.0.0 on PATH is of another major version");
  });

  it("builds one with the pinned version when Go is there, and says why", async () => {
    install("pulumi", "echo v3.100.0");
    install(
      "go",
      '[ "$1" = version ] && echo go version go1.99.0 linux/amd64 && exit\nwhile [ "$1" != -o ]; do shift; done\necho "$*" > "$2"',
    );
    const said: string[] = [];
    const engine = await findEngine({ env, onProgress: (message) => said.push(message) });
    expect(engine.origin).to.equal("built");
    expect(engine.command.startsWith(join(folder, "cache"))).to.equal(true);
    expect(engine.passedOver).to.contain("pulumi 3.100.0 on PATH is older than");
    expect(said[0]).to.equal(`${engine.passedOver}; using pulumi ${engine.version}, built with Go 1.99.0`);
  });

  it("takes every patch of the minor version that the tests run with", () => {
    expect(minimumVersion("3.259.4")).to.equal("3.259.0");
  });
});
