import { isDeepStrictEqual } from "node:util";

import { CommandFailure, exitCodes } from "../failure";
import { authorOf, textProblem } from "./author";
import { type ChangeOptions, put, refuseVersion, report, targetOf } from "./change";
import { readReleasesFile, stackProblem } from "./files";
import { committedRelease, needHistory } from "./history";

export interface PromoteOptions extends ChangeOptions {
  readonly from: string;
  readonly to: string;
  readonly downgrade: boolean;
}

/** `platform release promote`: puts the version that one environment's file has committed into another's. */
export async function promote(checkout: string, service: string, options: PromoteOptions): Promise<void> {
  const { from, to } = options;
  const target = targetOf(checkout, service, "--to", to, [
    stackProblem(checkout, "--from", from),
    from === to ? `--from and --to are both ${JSON.stringify(from)}; name two environments` : undefined,
    textProblem("by", options.by),
  ]);
  const source = readReleasesFile(checkout, from, target.catalogue);
  await needHistory(checkout, `what is committed in ${source.file}`);
  const committed = await committedRelease(checkout, from, service);
  const written = source.releases[service];
  if (!isDeepStrictEqual(written, committed)) {
    const versionOf = (release: typeof written) => release?.version ?? "no version";
    throw new CommandFailure(
      `the line of ${service} in ${source.file} is not committed: it has ${describe(written, committed, versionOf(written))}, ` +
        `HEAD has ${versionOf(committed)}. Commit it and let ${from} run it first, or take it back: git checkout HEAD -- ${source.file}`,
      exitCodes.refused,
    );
  }
  if (committed === undefined) {
    throw new CommandFailure(
      `${from} runs no version of ${service}, so there is nothing to promote; ` +
        `give it one first: ./platform release set ${service} VERSION --stack ${from} --build BUILD`,
      exitCodes.wrong,
    );
  }
  await refuseVersion(target, committed.version, options);
  const by = await authorOf(checkout, options.by);
  report(
    put(target, { version: committed.version, by, build: committed.build }),
    options,
    `, as in ${from} (${committed.build})`,
  );
}

/** Two lines of one version differ in where it came from. */
function describe(
  written: { readonly version: string } | undefined,
  committed: { readonly version: string } | undefined,
  version: string,
): string {
  return written?.version === committed?.version ? `${version} of another build or author` : version;
}
