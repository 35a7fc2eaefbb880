/** Does not prove that GitHub asks them for a review: that is a rule for main, which nothing here can see. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { CiSettings } from "../config/settings";
import { git } from "./support/git";
import { clusteredSettings, root } from "./support/settings";

/** Patterns as git ignores by them, of those that are used: a folder, a file, and `*` within a name. */
function matches(pattern: string, file: string): boolean {
  const text = pattern.replace(/[.+?^$(){}|[\]\\]/g, "\\$&").replaceAll("*", "[^/]*");
  return new RegExp(`^${text}${pattern.endsWith("/") ? "" : "(/|$)"}`).test(`/${file}`);
}

const lines = readFileSync(join(root, ".github", "CODEOWNERS"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((line) => line.split(" "));
const files = git(root, "ls-files").split("\n");
const owned = (file: string) => lines.some(([pattern = ""]) => matches(pattern, file));

describe("the owners of what releases", () => {
  it("own paths that exist, each from the root", () => {
    const strays = lines.filter(
      ([pattern = ""]) => !pattern.startsWith("/") || !files.some((file) => matches(pattern, file)),
    );
    expect(strays).to.deep.equal([]);
    expect(lines.length).to.be.above(5);
  });

  it("are those who administer Jenkins", () => {
    const github = (clusteredSettings("ci") as CiSettings).jenkins?.github;
    for (const [, ...owners] of lines) {
      expect(owners).to.deep.equal([`@${github?.organization}/${github?.administrators}`]);
    }
  });

  it("own the library, the pipelines, what Jenkins is made of, production's versions, and this list", () => {
    const wanted = files.filter((file) =>
      /^(\.github\/CODEOWNERS|catalog\/releases\/production\.yaml|jenkins\/.*|(components|environments)\/(jenkins|pipelines|pod-templates).*)$/.test(
        file,
      ),
    );
    expect(wanted.filter((file) => !owned(file))).to.deep.equal([]);
    expect(wanted.length).to.be.above(50);
  });

  it("do not own staging's versions: Jenkins commits those, and services are their teams'", () => {
    expect(["catalog/releases/staging.yaml", "catalog/services/billing.yaml"].filter(owned)).to.deep.equal(
      [],
    );
  });
});
