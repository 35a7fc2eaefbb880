import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { type Finding, findingsOf, type Judge, type Rule } from "../finding";

const targets: Rule = {
  id: "makefile-targets",
  holds: "The Makefile answers to every target that the pipeline and people call.",
};
const phony: Rule = {
  id: "makefile-phony",
  holds: "A file or folder called like a target does not stop it (.PHONY).",
};

export const makefileRules = [targets, phony];

/** What every service's Makefile can do, and what for. */
export const contract: Readonly<Record<string, string>> = {
  build: "build the image",
  test: "run the unit tests inside the image",
  push: "push the image",
  chart: "package the chart, with the image's digest inside",
  acceptance: "test the whole product from outside, at URL",
  "stores-up": "start the data stores",
  "stores-down": "stop the data stores",
  lint: "look for mistakes without running anything",
};

/** Values for what targets ask for; nothing is run, and none of these names leads anywhere. */
const variables = [
  "VERSION=0.0.0",
  "IMAGES=registry.invalid/images",
  "CHARTS=oci://registry.invalid/charts",
  "URL=http://127.0.0.1:9",
  `DIGEST=sha256:${"0".repeat(64)}`,
];
const secondsToAnswer = 30;

/** Whether make itself finds every target; it only says what it would do. */
export const judgeMakefile: Judge = async (repository) => {
  if (repository.text("Makefile") === undefined) return [];
  const answers = await Promise.all(
    Object.keys(contract).map(async (target) => ({ target, ...(await askMake(repository.folder, target)) })),
  );
  const findings: Finding[] = [];
  for (const { target, code, said } of answers) {
    const line = said.split("\n").find((text) => text.includes("***")) ?? said.split("\n")[0] ?? "";
    if (code !== 0 && /No rule to make target/.test(said)) {
      findings.push(
        findingsOf(targets)(
          "Makefile",
          `there is no target ${target}`,
          `write one that does this: ${contract[target] ?? ""}`,
        ),
      );
    } else if (code !== 0) {
      findings.push(
        findingsOf(targets)(
          "Makefile",
          `target ${target} fails before it starts: ${line.trim()}`,
          "mend what make says",
        ),
      );
    } else if (/is up to date|Nothing to be done/.test(said)) {
      findings.push(
        findingsOf(phony)(
          "Makefile",
          `target ${target} does nothing: something is called so, or it has no recipe`,
          `name it in .PHONY and give it a recipe: ${contract[target] ?? ""}`,
        ),
      );
    }
  }
  return distinct(findings);
};

async function askMake(folder: string, target: string): Promise<{ code: number; said: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)(
      "make",
      ["--dry-run", "--no-print-directory", "-C", folder, target, ...variables],
      { timeout: secondsToAnswer * 1000, env: { ...process.env, LC_ALL: "C", MAKEFLAGS: "" } },
    );
    return { code: 0, said: stdout + stderr };
  } catch (error) {
    const failed = error as { code?: number | string; stdout?: string; stderr?: string; message: string };
    if (failed.code === "ENOENT") return { code: 1, said: "make is not on PATH; install it" };
    return {
      code: Number(failed.code) || 1,
      said: `${failed.stderr ?? ""}${failed.stdout ?? ""}` || failed.message,
    };
  }
}

/** A Makefile that cannot be read says the same for every target. */
function distinct(findings: Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ problem }) => {
    const what = problem.replace(/^target \S+ /, "");
    const isNew = !what.startsWith("fails") || !said.has(what);
    said.add(what);
    return isNew;
  });
}
