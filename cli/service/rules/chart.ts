import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { parseAllDocuments } from "yaml";

import { buildHelm } from "../../../local/clusters/programs";
import { violationsOf } from "../../../policies/in-cluster";
import type { ClusterObject } from "../../../policies/policy";
import { type Finding, findingsOf, type Judge, type Rule } from "../finding";
import type { ServiceRepository } from "../service-repository";

const packaged: Rule = {
  id: "chart-values",
  holds: "Its values are ones that charts/service knows, and helm packages, lints and renders the chart.",
};
const controls: Rule = {
  id: "chart-controls",
  holds: "What the chart renders in an environment that has everything keeps to the controls in policies/.",
};

export const chartRules = [packaged, controls];

/** Where the images of services are; a check knows no environment, so any repository will do. */
const images = "registry.invalid/images";
const anyDigest = `sha256:${"0".repeat(64)}`;

/** Whether the service's values make a chart that a cluster takes, packaged as `make chart` does it. */
export function judgeChartWith(checkout: string): Judge {
  return async (repository) => {
    if (repository.text(valuesFile) === undefined) return [];
    const work = mkdtempSync(join(tmpdir(), "platform-chart-"));
    try {
      return await judgeChart(repository, join(checkout, "charts", "service"), work);
    } finally {
      rmSync(work, { recursive: true });
    }
  };
}

const valuesFile = "chart/values.yaml";

async function judgeChart(repository: ServiceRepository, base: string, work: string): Promise<Finding[]> {
  const helm = await findHelm();
  const refused = (said: string): Finding[] => [
    findingsOf(packaged)(
      valuesFile,
      said,
      "charts/service/values.yaml shows what there is, with its defaults",
    ),
  ];
  const env = { ...process.env, HELM: helm };
  const made = await run(env, "sh", [
    join(base, "package.sh"),
    ...["--values", join(repository.folder, valuesFile)],
    ...["--name", repository.name, "--version", "0.0.0"],
    ...["--repository", `${images}/${repository.name}`, "--digest", anyDigest],
    ...["--output", work],
  ]);
  if (!made.done) return refused(made.said);
  const archive = join(work, readdirSync(work).find((file) => file.endsWith(".tgz")) ?? "");
  const environment = ["--values", join(base, "ci", "cloud-sql-values.yaml"), "--namespace", "staging"];
  const linted = await run(env, helm, ["lint", archive, "--quiet", ...environment]);
  if (!linted.done) return refused(linted.said);
  const rendered = await run(env, helm, ["template", repository.name, archive, ...environment]);
  if (!rendered.done) return refused(rendered.said);
  const objects = parseAllDocuments(rendered.out)
    .map((document) => document.toJS() as ClusterObject | null)
    .filter((object) => object !== null);
  return violationsOf(objects, { images: [images, proxyImages], available: true }).map(
    ({ control, where, problem }) =>
      findingsOf(controls)(
        valuesFile,
        `control ${control}, ${where}: ${problem}`,
        "change what the chart is given",
      ),
  );
}

/** Where charts/service takes the Auth Proxy from. */
const proxyImages = "gcr.io/cloud-sql-connectors";

/** Helm as people have it, or the one that the local world is built with. */
async function findHelm(): Promise<string> {
  const found = await run(process.env, "helm", ["version", "--short"]);
  return found.done ? "helm" : buildHelm();
}

interface Ran {
  readonly done: boolean;
  readonly out: string;
  /** What it says went wrong. */
  readonly said: string;
}

async function run(env: NodeJS.ProcessEnv, program: string, args: readonly string[]): Promise<Ran> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { env, maxBuffer: 16 * 1024 * 1024 });
    return { done: true, out: stdout, said: "" };
  } catch (error) {
    const failed = error as { stdout?: string; stderr?: string; message: string };
    const said = (failed.stderr ?? "").trim() || (failed.stdout ?? "").trim() || failed.message;
    return { done: false, out: "", said: said.replace(/\n+/g, "; ") };
  }
}
