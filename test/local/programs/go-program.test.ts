import { expect } from "chai";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { buildGoProgram, cacheFolder, type GoProgram, goVersion } from "../../../local/programs/go-program";

// Stands in for Go where a test needs to know when it builds; `hold` keeps the build waiting.
const FAKE_GO = `#!/bin/sh
if [ "$1" = version ]; then echo "go version go1.99.0 linux/amd64"; exit; fi
while [ "$1" != -o ]; do shift; done
echo built >> "$HOME/builds"
echo half > "$2"
while [ -e "$HOME/hold" ]; do sleep 0.05; done
[ -e "$HOME/broken" ] && echo "main.go:3: undefined: x" >&2 && exit 1
echo "$3" > "$2"
`;

describe("building a Go program", function () {
  this.timeout(180_000);
  let folder: string;
  let env: Record<string, string>;
  let program: GoProgram;
  const started: ChildProcess[] = [];

  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const home = (name: string) => join(folder, "home", name);
  const builds = () =>
    existsSync(home("builds")) ? readFileSync(home("builds"), "utf8").trim().split("\n").length : 0;
  const left = () =>
    readdirSync(join(folder, "cache"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "go-program-"));
    for (const name of ["bin", "home", "module"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "bin", "go"), FAKE_GO);
    chmodSync(join(folder, "bin", "go"), 0o755);
    writeFileSync(join(folder, "module", "go.mod"), "module example.test/hello\n\ngo 1.20\n");
    env = {
      PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
      HOME: join(folder, "home"),
      PLATFORM_CACHE: join(folder, "cache"),
    };
    program = {
      moduleFolder: join(folder, "module"),
      packagePath: "example.test/hello",
      binaryName: "hello",
    };
  });

  afterEach(() => {
    for (const child of started.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** A command of its own that builds the program, as a second terminal would. */
  const buildElsewhere = () => {
    const module = join(__dirname, "..", "..", "..", "local", "programs", "go-program.ts");
    const script = `void require(${JSON.stringify(module)}).buildGoProgram(${JSON.stringify(program)})`;
    const child = spawn(process.execPath, ["--import", "tsx", "-e", script], {
      env,
      cwd: join(__dirname, "..", "..", ".."),
      stdio: "inherit",
    });
    started.push(child);
    return {
      child,
      ended: new Promise((resolve) => child.once("close", (code, signal) => resolve(signal ?? code))),
    };
  };

  it("makes a program that runs, and makes it once", async function () {
    if ((await goVersion()) === undefined) return this.skip();
    writeFileSync(
      join(folder, "module", "main.go"),
      'package main\n\nvar version = "none"\n\nfunc main() { print(version) }\n',
    );
    const real = { ...process.env, PLATFORM_CACHE: join(folder, "cache") };
    const ldflags = "-X main.version=1.2.3";
    const binary = await buildGoProgram({ ...program, ldflags }, { env: real });
    expect(execFileSync("sh", ["-c", '"$0" 2>&1', binary], { encoding: "utf8" })).to.equal("1.2.3");
    const said: string[] = [];
    expect(
      await buildGoProgram(
        { ...program, ldflags },
        { env: real, onProgress: (message) => said.push(message) },
      ),
    ).to.equal(binary);
    expect(said).to.deep.equal([]);
  });

  it("builds anew when the pinned modules, the sources or the flags change", async () => {
    const paths = [
      await buildGoProgram(program, { env }),
      await buildGoProgram({ ...program, ldflags: "-s" }, { env }),
    ];
    writeFileSync(join(folder, "module", "go.sum"), "another\n");
    paths.push(await buildGoProgram(program, { env }), await buildGoProgram(program, { env }));
    writeFileSync(join(folder, "module", "main.go"), "package main\n");
    paths.push(await buildGoProgram(program, { env }));
    expect(new Set(paths).size).to.equal(4);
    expect(builds()).to.equal(4);
  });

  it("builds once when two commands want it at the same time, and the second says that it waits", async () => {
    writeFileSync(home("hold"), "");
    const other = buildElsewhere();
    await until(() => builds() === 1);
    const said: string[] = [];
    const second = buildGoProgram(program, { env, onProgress: (message) => said.push(message) });
    await until(() => said.length > 0);
    rmSync(home("hold"));
    const binary = await second;
    expect(await other.ended).to.equal(0);
    expect(said[0]).to.equal(
      `another command is building hello (process ${other.child.pid}), waiting for it`,
    );
    expect([builds(), readFileSync(binary, "utf8").trim()]).to.deep.equal([1, "example.test/hello"]);
    expect(left()).to.deep.equal(["hello"]);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing behind when ${signal} ends the command`, async () => {
      writeFileSync(home("hold"), "");
      const { child, ended } = buildElsewhere();
      await until(() => builds() === 1);
      child.kill(signal);
      expect(await ended).to.equal(signal);
      expect(left()).to.deep.equal([]);
    });
  }

  it("leaves nothing behind when the caller stops it", async () => {
    writeFileSync(home("hold"), "");
    const stop = new AbortController();
    const building = buildGoProgram(program, { env, signal: stop.signal }).catch((error: unknown) => error);
    await until(() => builds() === 1);
    stop.abort();
    expect(await building).to.have.property("name", "AbortError");
    expect(left()).to.deep.equal([]);
  });

  it("takes over from a command that was killed, and removes what it left", async () => {
    writeFileSync(home("hold"), "");
    const { child, ended } = buildElsewhere();
    await until(() => builds() === 1);
    child.kill("SIGKILL");
    await ended;
    expect(left()).to.include("lock");
    rmSync(home("hold"));
    const binary = await buildGoProgram(program, { env });
    expect(readdirSync(dirname(binary))).to.deep.equal(["hello"]);
  });

  it("shows what the compiler says when the build fails, and leaves nothing behind", async () => {
    writeFileSync(home("broken"), "");
    const failure = await buildGoProgram(program, { env }).catch((error: unknown) => String(error));
    expect(failure).to.contain("building hello with Go failed").and.contain("main.go:3: undefined: x");
    expect(left()).to.deep.equal([]);
  });

  it("keeps what it builds where the user's caches are", () => {
    expect(cacheFolder({ HOME: "/home/a" })).to.equal("/home/a/.cache/acme-platform");
    expect(cacheFolder({ HOME: "/home/a", XDG_CACHE_HOME: "/var/a" })).to.equal("/var/a/acme-platform");
    expect(cacheFolder({ XDG_CACHE_HOME: "/var/a", PLATFORM_CACHE: "/fast" })).to.equal("/fast");
  });
});
