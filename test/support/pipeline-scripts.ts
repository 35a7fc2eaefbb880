import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { commitAll, git } from "./git";
import { root, temporaryFolder } from "./plan-world";
import { checkoutAt, releaseCheckout, type ReleaseCheckout } from "./release-checkout";

/** How a script ended. */
export interface ScriptResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A clone in which a job runs, with scripts, catalogue and `./platform` as they are here. */
export interface JobClone extends ReleaseCheckout {
  /** A script of jenkins/pipelines, as a job calls it. */
  script(name: string, ...args: string[]): Promise<ScriptResult>;
  /** A command line of a pipeline. */
  shell(text: string): Promise<ScriptResult>;
  /** What the stand-in of Pulumi was called with: one call a line. */
  pulumiCalls(): string[];
}

export interface Repository {
  /** The repository that everybody pushes to. */
  readonly origin: string;
  readonly clone: (variables?: Readonly<Record<string, string>>) => JobClone;
  /** A file of main as it is there. */
  readonly onMain: (file: string) => string;
  /** Subjects of main's commits, the newest first. */
  readonly subjects: () => string[];
}

/** What a job's commands are made of, besides what is in the repository. */
const parts = ["platform", "package.json", "package-lock.json", "tsconfig.json", "scripts", "cli", "config"];

/** A repository with the small catalogue of the tests of releases, and the pipelines' scripts. */
export function pipelineRepository(): Repository {
  const first = releaseCheckout();
  for (const part of [
    ...parts,
    "components",
    "environments",
    "policies",
    "local",
    "index.ts",
    "Pulumi.yaml",
  ]) {
    cpSync(join(root, part), join(first.folder, part), { recursive: true });
  }
  cpSync(join(root, "jenkins", "pipelines"), join(first.folder, "jenkins", "pipelines"), { recursive: true });
  first.write(".gitignore", "node_modules\n.local/\n.local-install\n");
  commitAll(first.folder, "first");
  const origin = join(temporaryFolder("platform-origin-"), "origin.git");
  git(first.folder, "clone", "--quiet", "--bare", first.folder, origin);
  return {
    origin,
    clone: (variables) => jobClone(origin, variables),
    onMain: (file) => `${git(origin, "show", `main:${file}`)}\n`,
    subjects: () => git(origin, "log", "--format=%s", "main").split("\n"),
  };
}

function jobClone(origin: string, variables: Readonly<Record<string, string>> = {}): JobClone {
  const base = temporaryFolder("platform-job-");
  const folder = join(base, "workspace");
  git(base, "clone", "--quiet", origin, folder);
  // Jenkins checks a commit out, not a branch.
  git(folder, "checkout", "--quiet", "--detach");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const [programs, home, calls] = ["programs", "home", "calls"].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(programs);
  mkdirSync(home);
  writeFileSync(calls, "");
  const pulumi = join(programs, "pulumi");
  // Says what it is told to: the real one needs the cloud.
  writeFileSync(
    pulumi,
    '#!/bin/sh\nprintf "%s\\n" "$*" >>"$PULUMI_CALLS"\nprintf "%s" "${PULUMI_SAYS:-}"\nexit "${PULUMI_STATUS:-0}"\n',
  );
  chmodSync(pulumi, 0o755);
  const env = {
    PATH: `${programs}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    GIT_TERMINAL_PROMPT: "0",
    GIT_CONFIG_NOSYSTEM: "1",
    WORKSPACE_TMP: join(base, "workspace@tmp"),
    PULUMI_CALLS: calls,
    SERVICE: "billing",
    VERSION: "1.5.0",
    STACK: "staging",
    BUILD: "services/billing/main #12",
    GITHUB_WRITER: join(base, "no-writer"),
    ...variables,
  };
  const run = (program: string, args: readonly string[]) =>
    new Promise<ScriptResult>((resolve) => {
      execFile(program, args, { cwd: folder, env }, (error, out, err) => {
        resolve({ code: error ? Number(error.code) : 0, out, err });
      });
    });
  return {
    ...checkoutAt(folder),
    script: (name, ...args) => run(join(folder, "jenkins", "pipelines", name), args),
    shell: (text) => run("sh", ["-xec", text]),
    pulumiCalls: () =>
      readFileSync(calls, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  };
}
