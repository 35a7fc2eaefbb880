import { exactVersion } from "../../config/version";
import { authorOf, textProblem } from "./author";
import { type ChangeOptions, put, refuseVersion, report, targetOf } from "./change";

export interface SetOptions extends ChangeOptions {
  readonly stack: string;
  /** What build made the version, or why it is put there. */
  readonly build: string;
  readonly downgrade: boolean;
}

/** `platform release set`: puts one version of one service into one environment's file. */
export async function set(
  checkout: string,
  service: string,
  version: string,
  options: SetOptions,
): Promise<void> {
  const target = targetOf(checkout, service, "--stack", options.stack, [
    versionProblem(version),
    textProblem("by", options.by),
    textProblem("build", options.build),
  ]);
  await refuseVersion(target, version, options);
  const by = await authorOf(checkout, options.by);
  report(put(target, { version, by, build: options.build }), options);
}

function versionProblem(version: string): string | undefined {
  const rule = exactVersion.safeParse(version).error?.issues[0]?.message;
  return rule === undefined ? undefined : `VERSION is ${JSON.stringify(version)}; it must be ${rule}`;
}
