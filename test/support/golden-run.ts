/** Starts jenkins/test/GoldenRun.groovy: a build of a service, and the jobs that it starts, with steps that do what they say. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parseSettings } from "../../config/parse";
import type { CiSettings, JenkinsSettings } from "../../config/settings";
import { buildPods, deployPods } from "../../environments/pod-templates";
import { root, stackConfig } from "./settings";
import { temporaryFolder } from "./plan-world";

/** A step that was taken, where, and what it did. */
export interface StepDone {
  readonly step: string;
  readonly stage?: string;
  /** Label of the pod. */
  readonly node?: string;
  readonly container?: string;
  readonly lock?: string;
  /** Of `sh`: its label or its text, and how it ended. */
  readonly ran?: string;
  readonly status?: number;
  readonly out?: string;
  readonly err?: string;
  /** Of `slackSend`. */
  readonly message?: string;
  readonly color?: string;
  readonly channel?: string;
  readonly timestamp?: string;
  readonly replyBroadcast?: boolean;
  /** Of `junit`. */
  readonly totalCount?: number;
  readonly failCount?: number;
}

export interface JobDone {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Stages, and jobs that were started. */
  readonly order: readonly string[];
  readonly steps: readonly StepDone[];
  /** Why it failed, where it did. */
  readonly failure?: string;
}

export interface GoldenRun {
  /** The service's repository. */
  readonly service: string;
  /** This repository, as everybody pushes to it. */
  readonly origin: string;
  /** Number of the service's build. */
  readonly build: number;
  /** Shell scripts that stand on PATH before the machine's programs, by their names. */
  readonly programs: Readonly<Record<string, string>>;
}

/** Runs a build of the branch main, and gives the jobs in the order in which they began. */
export async function goldenRun({
  service,
  origin,
  build,
  programs,
}: GoldenRun): Promise<readonly JobDone[]> {
  const folder = temporaryFolder("platform-golden-");
  const [home, path] = [join(folder, "home"), join(folder, "programs")];
  for (const one of [home, path]) mkdirSync(one);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(path, name), 0o755);
  }
  // A place of this machine for what is a place of the pod.
  const own = { HOME: home, PATH: `${path}:${process.env["PATH"] ?? ""}` };
  const pods = Object.fromEntries(
    Object.entries(podVariables()).map(([label, variables]) => {
      const repository = label.startsWith("deploy-") ? origin : service;
      return [label, { repository, variables: { ...variables, ...own } }];
    }),
  );
  const file = join(folder, "golden.json");
  const about = (name: string, number: number) => ({
    JOB_NAME: name,
    BUILD_NUMBER: `${number}`,
    BUILD_URL: `https://jenkins.acme.example/${name}/${number}/`,
  });
  const golden = {
    folder,
    jenkinsfile: join(service, "Jenkinsfile"),
    job: { ...about("services/search/main", build), BRANCH_NAME: "main" },
    jobs: { "platform/promote": about("platform/promote", build) },
    pods,
  };
  writeFileSync(file, JSON.stringify(golden));
  const said = await maven("-Dtest=GoldenRun", `-Dgolden=${file}`);
  const done = join(folder, "done.json");
  if (!existsSync(done)) throw new Error(`jenkins/test/GoldenRun.groovy did not run:\n${said}`);
  return JSON.parse(readFileSync(done, "utf8")) as JobDone[];
}

/** What the program gives to the containers that run steps, by the label of their pod. */
function podVariables(): Record<string, Record<string, string>> {
  const settings = parseSettings(stackConfig("ci")) as unknown as CiSettings & { jenkins: JenkinsSettings };
  const templates = { ...buildPods(settings).templates, ...deployPods(settings).templates };
  return Object.fromEntries(
    Object.entries(templates).map(([label, { spec }]) => {
      const containers = spec.containers as { name: string; env?: { name: string; value: string }[] }[];
      const tools = containers.find(
        ({ name }) => name === (label.startsWith("deploy-") ? "deploy" : "build"),
      );
      return [label, Object.fromEntries((tools?.env ?? []).map(({ name, value }) => [name, value]))];
    }),
  );
}

function maven(...args: string[]): Promise<string> {
  const all = ["-B", "-q", "-f", join(root, "jenkins", "pom.xml"), "test", ...args];
  return new Promise((resolve) => {
    execFile("mvn", all, { maxBuffer: 64 * 1024 * 1024 }, (error, out, err) =>
      resolve(`${error?.message ?? ""}\n${out}${err}`),
    );
  });
}
