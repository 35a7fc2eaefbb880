import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect } from "chai";

import { modulesOf } from "../../../cli/preview/modules";
import { baseOf } from "../../../cli/preview/repository";
import { commitAll } from "../../support/git";
import { temporaryFolder } from "../../support/plan-world";

/** A program that needs one package, from this address. */
function dependOn(folder: string, address: string): void {
  const program = { name: "program", version: "0.0.0", dependencies: { word: address } };
  const packages = { "": program, "node_modules/word": { version: "1.0.0", resolved: address } };
  const lock = { ...program, lockfileVersion: 3, requires: true, packages };
  writeFileSync(join(folder, "package.json"), JSON.stringify(program));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  writeFileSync(join(folder, ".npmrc"), "fetch-retries=0\n");
}

/** The archive of a package that says a word. */
function archive(): Buffer {
  const folder = temporaryFolder("platform-package-");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "word", version: "1.0.0" }));
  writeFileSync(join(folder, "index.js"), 'module.exports = "hello";');
  const name = execFileSync("npm", ["pack", "--silent"], { cwd: folder, encoding: "utf8" }).trim();
  return readFileSync(join(folder, name));
}

// Port 9 discards; nothing of ours listens there.
const unreachable = "http://127.0.0.1:9/word.tgz";

const silent = () => undefined;

describe("the modules of a base", () => {
  let registry: Server;
  let address: string;

  before(async () => {
    const package_ = archive();
    registry = createServer((_, response) => response.end(package_)).listen(0, "127.0.0.1");
    await new Promise((resolve) => registry.once("listening", resolve));
    address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/word.tgz`;
  });
  after(() => {
    registry.close();
    registry.closeAllConnections();
  });

  it("are this checkout's own where both have one lock file", async () => {
    const folder = temporaryFolder("platform-modules-");
    dependOn(folder, unreachable);
    commitAll(folder, "first");
    const cache = temporaryFolder("platform-cache-");
    expect(await modulesOf(folder, await baseOf(folder, "HEAD"), cache, silent)).to.equal(
      join(folder, "node_modules"),
    );
    expect(readdirSync(cache)).to.deep.equal([]);
  });

  it("are installed from the base's lock file where it is another, once", async () => {
    const folder = temporaryFolder("platform-modules-");
    dependOn(folder, address);
    commitAll(folder, "first");
    dependOn(folder, unreachable);
    const cache = join(temporaryFolder("platform-cache-"), "modules");
    const said: string[] = [];
    const base = await baseOf(folder, "HEAD");
    const modules = await modulesOf(folder, base, cache, (line) => said.push(line));
    expect(readFileSync(join(modules, "word", "index.js"), "utf8")).to.include("hello");
    expect(await modulesOf(folder, base, cache, (line) => said.push(line))).to.equal(modules);
    expect(said).to.deep.equal(["installing the base's own npm packages"]);
    expect(readdirSync(cache)).to.have.length(1);
  });

  it("that cannot be had are said so, with npm's own words, and leave nothing", async () => {
    const folder = temporaryFolder("platform-modules-");
    dependOn(folder, unreachable);
    commitAll(folder, "first");
    dependOn(folder, address);
    const cache = join(temporaryFolder("platform-cache-"), "modules");
    mkdirSync(cache);
    const base = await baseOf(folder, "HEAD");
    const failure = await modulesOf(folder, base, cache, silent).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(failure).to.match(/has another package-lock\.json than this checkout/);
    expect(failure).to.include("127.0.0.1:9").and.to.include("Nothing was compared");
    expect(readdirSync(cache)).to.deep.equal([]);
    expect(existsSync(join(folder, "node_modules"))).to.equal(false);
  });

  it("of a base without a lock file cannot be had either", async () => {
    const folder = temporaryFolder("platform-modules-");
    commitAll(folder, "first");
    const failure = await modulesOf(folder, await baseOf(folder, "HEAD"), folder, silent).then(
      () => "",
      (error: Error) => error.message,
    );
    expect(failure).to.include("has no package-lock.json");
  });
});
