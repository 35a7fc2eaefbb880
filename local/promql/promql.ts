import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { buildGoProgram, type BuildOptions, goVersion } from "../programs/go-program";
import { compareVersions } from "../programs/versions";

/** Series that are made up, and what is asked about them. */
export interface PromqlCase {
  /** Time between two values, `30s`. */
  interval: string;
  /** In the notation of promtool's rule tests: `values: "0+10x60"`. They begin at time 0. */
  series: readonly { series: string; values: string }[];
  queries: readonly PromqlQuery[];
}

/** An expression, evaluated at `from` and every `step` until `to`; durations as in PromQL, `1h30m`. */
export interface PromqlQuery {
  expression: string;
  from: string;
  to: string;
  step: string;
}

/** The series that came of a query, or why none could. */
export interface PromqlResult {
  error?: string;
  series: readonly {
    labels: Readonly<Record<string, string>>;
    /** Seconds since time 0, and the value as Prometheus writes it, `NaN` and `+Inf` among them. */
    points: readonly { seconds: number; value: string }[];
  }[];
}

export interface PromqlAnswer {
  /** For each expression what is wrong with it, empty where nothing is. */
  parse: readonly string[];
  /** For each case, and in it for each query. */
  cases: readonly (readonly PromqlResult[])[];
}

/** The module that pins Prometheus; its `go.mod` is the only place where the version is written. */
const moduleFolder = join(__dirname, "..", "..", "tools", "promql");

/**
 * What the query engine of Prometheus says to all of a question, in one run of a program that is built with Go when
 * this machine has not yet: half a minute, once.
 */
export async function askPromql(
  question: { parse?: readonly string[]; cases?: readonly PromqlCase[] },
  options: BuildOptions = {},
): Promise<PromqlAnswer> {
  const wanted = /^go (\S+)/m.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1] ?? "";
  const go = await goVersion(options.env);
  if (go === undefined || compareVersions(go, wanted) < 0)
    throw new Error(
      [
        `looked for Go ${wanted} or newer, to build the query engine of Prometheus with`,
        `found: ${go === undefined ? "no Go on PATH" : `Go ${go}, which is older`}`,
        `install Go ${wanted} or newer`,
      ].join("\n"),
    );
  const program = await buildGoProgram(
    { moduleFolder, packagePath: ".", binaryName: "promql", ldflags: "-s -w" },
    options,
  );
  const { parse = [], cases = [] } = question;
  return JSON.parse(await run(program, JSON.stringify({ parse, cases }))) as PromqlAnswer;
}

function run(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(stderr.trim() || error.message));
      else resolve(stdout);
    });
    // A program that ends at once closes its input before all of it is written; what it says is what counts.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
