import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { releaseCommand } from "../../cli/release/command";
import { commitAll } from "./git";
import { temporaryFolder } from "./plan-world";

/** What a command printed, or why it did nothing. */
export interface Outcome {
  readonly out: string;
  /** What it printed for people while it refused to read its own options. */
  readonly err: string;
  readonly error?: Error & { readonly exitCode?: number };
}

/** A checkout with a small catalogue and its releases, and nothing else. */
export interface ReleaseCheckout {
  readonly folder: string;
  /** `./platform release …` there. */
  run(...args: string[]): Promise<Outcome>;
  write(file: string, text: string): void;
  read(file: string): string;
  /** Commits everything, and gives the commit's hash. */
  commit(subject: string): string;
}

/** A line of a file of releases. */
export function releaseLine(service: string, version: string, build = `${service}/main/1`): string {
  return `${service}: { version: ${version}, by: jenkins, build: ${build} }\n`;
}

export const stagingFile = "catalog/releases/staging.yaml";
export const productionFile = "catalog/releases/production.yaml";
export const releasesHeader = "# Which version of each service runs here.\n";

/** A checkout that is there. */
export function checkoutAt(folder: string): ReleaseCheckout {
  return {
    folder,
    run: (...args) => outcomeOf(folder, args),
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    read: (file) => readFileSync(join(folder, file), "utf8"),
    commit: (subject) => commitAll(folder, subject),
  };
}

/**
 * A checkout with alpha 1.0.0 and billing 1.4.0 in staging and production, charlie nowhere, and legacy, which is
 * retired, in staging; without git unless it is committed.
 */
export function releaseCheckout(folder = temporaryFolder("platform-releases-")): ReleaseCheckout {
  const checkout = checkoutAt(folder);
  for (const service of ["alpha", "billing", "charlie", "legacy"]) {
    const retired = service === "legacy" ? "retired: true\n" : "";
    checkout.write(
      `catalog/services/${service}.yaml`,
      `owner: a-team\nrepository: https://git.example/${service}\nstores: []\n${retired}`,
    );
  }
  const both = `${releaseLine("alpha", "1.0.0")}${releaseLine("billing", "1.4.0")}`;
  checkout.write(stagingFile, `${releasesHeader}${both}${releaseLine("legacy", "0.9.0")}`);
  checkout.write(productionFile, `${releasesHeader}${both}`);
  return checkout;
}

async function outcomeOf(folder: string, args: readonly string[]): Promise<Outcome> {
  const written = { stdout: "", stderr: "" };
  const streams = ["stdout", "stderr"] as const;
  const real = streams.map((name) => process[name].write.bind(process[name]));
  for (const name of streams) {
    process[name].write = (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    };
  }
  try {
    await releaseCommand(folder).parseAsync(args, { from: "user" });
    return { out: written.stdout, err: written.stderr };
  } catch (error) {
    return { out: written.stdout, err: written.stderr, error: error as Error };
  } finally {
    streams.forEach((name, index) => {
      const write = real[index];
      if (write) process[name].write = write;
    });
  }
}
