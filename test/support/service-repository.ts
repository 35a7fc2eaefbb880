import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Finding, Judge } from "../../cli/service/finding";
import { openRepository } from "../../cli/service/service-repository";

/** Runs with a folder that holds these files, and removes it. */
export async function withFiles<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "service "));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a judge finds in a repository of these files. */
export async function found(
  judge: Judge,
  files: Readonly<Record<string, string>>,
  name = "search",
): Promise<Finding[]> {
  return withFiles(files, async (folder) => judge(openRepository(folder, name)));
}

/** Findings in one line each: where, and by which rule. */
export function inShort(findings: readonly Finding[]): string[] {
  return findings.map(({ place, rule }) => `${place} ${rule}`);
}
