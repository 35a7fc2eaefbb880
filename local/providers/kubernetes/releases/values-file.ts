import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { ControlPlane } from "../../../clusters/control-plane";
import { layoutOf } from "../../../clusters/layout";
import type { ReleaseInputs } from "./release-inputs";

/** Runs something with a file of a release's values, which is gone afterwards: they may be secret. */
export async function withValuesFile<T>(
  { folder }: Pick<ControlPlane, "folder">,
  { values = {} }: Pick<ReleaseInputs, "values">,
  run: (file: string) => Promise<T>,
): Promise<T> {
  const { temporary } = layoutOf(folder);
  mkdirSync(temporary, { recursive: true });
  const file = join(temporary, `values-${randomUUID()}.json`);
  writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
  try {
    return await run(file);
  } finally {
    rmSync(file, { force: true });
  }
}
