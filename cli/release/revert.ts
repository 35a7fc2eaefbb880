import { exactVersion } from "../../config/version";
import { CommandFailure, exitCodes } from "../failure";
import { print, printJson } from "../terminal";
import { put, report, type Target, targetOf } from "./change";
import { withoutRelease } from "./edit";
import { replaceFile } from "./files";
import { isShallow, needHistory, stateBefore } from "./history";

export interface RevertOptions {
  readonly stack: string;
  readonly json: boolean;
}

/**
 * `platform release revert`: takes one version back that did not come to run. Unlike a rollback it leaves alone what
 * somebody put there since, and leaves no trace of itself in the line.
 */
export async function revert(
  checkout: string,
  service: string,
  version: string,
  options: RevertOptions,
): Promise<void> {
  const { stack, json } = options;
  const exact = exactVersion.safeParse(version).error?.issues[0]?.message;
  const target = targetOf(checkout, service, "--stack", stack, [
    exact === undefined ? undefined : `VERSION is ${JSON.stringify(version)}; it must be ${exact}`,
  ]);
  const present = target.file.releases[service]?.version ?? null;
  if (present !== version) {
    const kept = { service, stack, file: target.file.file, from: present, to: present, changed: false };
    if (json) printJson(kept);
    else {
      const has = present === null ? `no ${service}` : `${service} ${present}`;
      print(`${stack} has ${has} by now, and not ${version}; nothing to take back`);
    }
    return;
  }
  const question = `what ${stack} had before ${version}`;
  await needHistory(checkout, question);
  const { release, known } = await stateBefore(checkout, stack, service, version);
  if (!known && (await isShallow(checkout))) {
    throw new CommandFailure(
      `no commit that this clone has knows ${question} of ${service}, but the clone is shallow: ` +
        "fetch the rest with git fetch --unshallow, and say it again",
      exitCodes.wrong,
    );
  }
  if (release) report(put(target, release), options, `, as it was before (${release.build})`);
  else report(taken(target, version), options, ", which was the first");
}

function taken({ service, file }: Target, version: string) {
  replaceFile(file.path, withoutRelease(file.text, service, file.file));
  return { service, stack: file.stack, file: file.file, from: version, to: null, changed: true };
}
