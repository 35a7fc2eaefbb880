import { CommandFailure, exitCodes } from "../failure";
import { authorOf, textProblem } from "./author";
import { type ChangeOptions, put, report, targetOf } from "./change";
import { isShallow, needHistory, releaseBefore } from "./history";

export interface RollbackOptions extends ChangeOptions {
  readonly stack: string;
}

/** `platform release rollback`: puts the version that ran before into an environment's file. */
export async function rollback(checkout: string, service: string, options: RollbackOptions): Promise<void> {
  const { stack } = options;
  const target = targetOf(checkout, service, "--stack", stack, [textProblem("by", options.by)]);
  const { file } = target;
  const present = file.releases[service]?.version;
  if (present === undefined) {
    throw new CommandFailure(
      `${stack} runs no version of ${service}, so there is nothing to go back from; ` +
        "./platform release status shows what runs where",
      exitCodes.wrong,
    );
  }
  await needHistory(checkout, `what ${stack} ran before`);
  const before = await releaseBefore(checkout, stack, service, { text: file.text, version: present });
  if (before === undefined) {
    throw new CommandFailure(
      (await isShallow(checkout))
        ? `no commit that this clone has knows another version of ${service} in ${stack} than ${present}, but the clone is shallow: ` +
            "fetch the rest with git fetch --unshallow, and say it again"
        : `${present} is the first version of ${service} in ${stack}, so there is none to go back to; ` +
            `a newer one mends it: ./platform release set ${service} VERSION --stack ${stack} --build BUILD`,
      exitCodes.wrong,
    );
  }
  const by = await authorOf(checkout, options.by);
  report(
    put(target, { version: before.version, by, build: `rollback from ${present}` }),
    options,
    `, which ran there as of ${before.date} (${before.commit.slice(0, 7)} "${before.subject}")`,
  );
}
