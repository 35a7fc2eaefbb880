/** The chart of services with the real Helm: rendered, looked at and packaged. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { parse } from "yaml";

import { type CommandResult, helm } from "../../local/clusters/commands";
import { buildPrograms } from "../../local/clusters/programs";
import { type Block, objectsIn } from "./rendered-objects";
import { root } from "./settings";

export const chartFolder = join(root, "charts", "service");

/** One of the examples of values that the chart has for everybody who looks at it. */
export function example(name: "cloud-sql" | "in-cluster" | "bare"): Block {
  return valuesOf(name)["environment"] as Block;
}

/** What `package.sh` would write for the base itself, with a migration. */
export const packagedService = () => valuesOf("packaged")["service"] as Block;

export const valuesOf = (name: string) =>
  parse(readFileSync(join(chartFolder, "ci", `${name}-values.yaml`), "utf8")) as Block;

export const digest = `sha256:${"1".repeat(64)}`;
export const repository = "europe-west1-docker.pkg.dev/acme-ci/images/billing";

/** Helm without a cluster, in a folder of its own. */
export class ServiceChart {
  readonly folder = mkdtempSync(join(tmpdir(), "platform-chart-"));
  private files = 0;

  private constructor(private readonly program: string) {}

  static async open(): Promise<ServiceChart> {
    return new ServiceChart((await buildPrograms()).helm);
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  helm(...args: string[]): Promise<CommandResult> {
    const { folder, program } = this;
    const programs = { kubernetes: "", helm: program };
    return helm({ folder, programs, adminKubeconfig: join(folder, "none") }, args);
  }

  /** The path of a file with values, or with anything else that Helm reads. */
  file(values: unknown): string {
    const path = join(this.folder, `values-${++this.files}.yaml`);
    writeFileSync(path, typeof values === "string" ? values : JSON.stringify(values));
    return path;
  }

  template(values: unknown, { chart = chartFolder, name = "billing", namespace = "staging" } = {}) {
    return this.helm("template", name, chart, "--namespace", namespace, "--values", this.file(values));
  }

  /** The objects of a release; fails with Helm's words where it renders none. */
  async objects(values: unknown, options: { chart?: string; name?: string; namespace?: string } = {}) {
    const { exitCode, stdout, stderr } = await this.template(values, options);
    if (exitCode !== 0) throw new Error(stderr);
    return objectsIn(stdout);
  }

  /** Runs `package.sh`; a flag that is undefined is left out. */
  package(
    values: unknown,
    flags: Record<string, string | undefined> = {},
    script = join(chartFolder, "package.sh"),
  ) {
    const all = {
      ...{ values: this.file(values), name: "billing", version: "1.4.2", repository, digest },
      ...{ output: join(this.folder, "packaged"), ...flags },
    };
    const args = Object.entries(all).flatMap(([flag, value]) =>
      value === undefined ? [] : [`--${flag}`, value],
    );
    const env = { PATH: process.env["PATH"] ?? "", HOME: this.folder, HELM: this.program };
    return new Promise<CommandResult>((resolve) =>
      execFile("sh", [script, ...args], { env }, (error, stdout, stderr) =>
        resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
      ),
    );
  }

  /** The archive of a packaged service; fails with the script's words where there is none. */
  async archive(values: unknown = { service: {} }, flags: Record<string, string | undefined> = {}) {
    const { exitCode, stdout, stderr } = await this.package(values, flags);
    if (exitCode !== 0) throw new Error(stderr);
    return stdout.trim();
  }
}
