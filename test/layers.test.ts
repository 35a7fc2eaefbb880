/** Who may know whom, read from the imports; what is passed at run time is not seen. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

import { expect } from "chai";
import ts from "typescript";

import { root } from "./support/settings";

/** Where our TypeScript is: everything that `tsconfig.json` includes. */
const roots = [
  "index.ts",
  "config",
  "components",
  "environments",
  "policies",
  "cli",
  "local",
  "bench",
  "jenkins/images",
  "jenkins/pipelines",
  "scripts",
  "test",
];

/** What each part may know besides itself; the longest part that a file is in counts. */
const mayKnow: Readonly<Record<string, readonly string[]>> = {
  config: [],
  components: ["config"],
  environments: ["config", "components"],
  "index.ts": ["config", "environments"],
  policies: ["config"],
  "local/cloud": [],
  "local/providers": ["local/cloud", "local/clusters", "config"],
  "local/programs": [],
  "local/engine": ["config", "local/programs"],
  "local/promql": ["local/programs"],
  "local/clusters": ["local/programs"],
  "local/gke": ["local/cloud", "local/clusters"],
  "local/registry": ["local/cloud", "local/clusters", "local/programs"],
  "local/world": ["local", "config"],
  cli: ["config", "components", "environments", "index.ts", "policies", "local"],
  bench: ["config", "cli", "local"],
  // They run in the pods that deploy, with nothing but what a checkout has.
  "jenkins/images": [],
  "jenkins/pipelines": ["config"],
  scripts: ["config", "components", "environments", "index.ts", "policies", "cli", "local", "test"],
  test: [
    "config",
    "components",
    "environments",
    "index.ts",
    "policies",
    "cli",
    "local",
    "bench",
    "scripts",
    "jenkins",
  ],
};

const partNames = Object.keys(mayKnow).sort((a, b) => b.length - a.length);
const isIn = (file: string, part: string) => file === part || file.startsWith(`${part}/`);
const partOf = (file: string) => partNames.find((part) => isIn(file, part));

function filesIn(path: string): string[] {
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return path.endsWith(".ts") ? [path] : [];
  return readdirSync(join(root, path)).flatMap((name) => filesIn(`${path}/${name}`));
}

const files = roots.flatMap(filesIn);

/** Our own files that one imports, for values or only for types. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"), true, true);
  return importedFiles
    .map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => {
      const target = relative(root, join(root, dirname(file), name))
        .split(sep)
        .join("/");
      const found = [target, `${target}.ts`, `${target}/index.ts`].find((path) => files.includes(path));
      return found ?? target;
    });
}

const graph = new Map(files.map((file) => [file, importsOf(file)]));

/** The first way from a file back to itself, or undefined. */
function cycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const found = visit(next, [...path, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files) {
    const found = visit(file, []);
    if (found) return found;
  }
  return undefined;
}

describe("the layers", () => {
  it("have a place for every file; a new part says in this test whom it may know", () => {
    expect(files.filter((file) => partOf(file) === undefined)).to.deep.equal([]);
    expect(files.length).to.be.above(100);
  });

  it("know nobody above them", () => {
    const wrong = files.flatMap((file) => {
      const part = partOf(file) ?? "";
      const known = [part, ...(mayKnow[part] ?? [])];
      return (graph.get(file) ?? [])
        .filter((target) => !known.some((name) => isIn(target, name)))
        .map((target) => `${file} must not know ${target}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it("keep local a secret from the program", () => {
    const program = ["index.ts", "config", "components", "environments"];
    const wrong = files
      .filter((file) => program.includes(partOf(file) ?? ""))
      .filter((file) => graph.get(file)?.some((target) => isIn(target, "local") || isIn(target, "cli")));
    expect(wrong).to.deep.equal([]);
  });

  it("import files that exist", () => {
    const missing = files.flatMap((file) =>
      (graph.get(file) ?? []).filter(
        (target) => !files.includes(target) && !statSync(join(root, target), { throwIfNoEntry: false }),
      ),
    );
    expect(missing).to.deep.equal([]);
  });

  it("have no import cycle", () => {
    expect(cycle()?.join(" -> ")).to.equal(undefined);
  });

  it("have a program of at most 40 lines", () => {
    expect(readFileSync(join(root, "index.ts"), "utf8").trimEnd().split("\n").length).to.be.at.most(40);
  });
});

describe("names", () => {
  it("say what is inside: nothing is called utils, helpers, common or lib", () => {
    const empty = /^(utils?|helpers?|commons?|libs?)(\..*)?$/i;
    const walk = (folder: string): string[] =>
      readdirSync(join(root, folder), { withFileTypes: true })
        .filter(({ name }) => !name.startsWith(".") && name !== "node_modules" && name !== "coverage")
        .flatMap((entry) => {
          const path = join(folder, entry.name);
          return [...(empty.test(entry.name) ? [path] : []), ...(entry.isDirectory() ? walk(path) : [])];
        });
    expect(walk("")).to.deep.equal([]);
  });
});
