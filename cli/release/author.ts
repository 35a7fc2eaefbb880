import { releaseEntry } from "../../config/releases";
import { CommandFailure, exitCodes } from "../failure";
import { gitOrNothing } from "../git/run";

/**
 * Who changes a release: who was named, else whom git knows, else who is logged in.
 *
 * @throws CommandFailure where nobody is known.
 */
export async function authorOf(checkout: string, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  for (const key of ["user.name", "user.email"]) {
    const known = (await gitOrNothing(checkout, ["config", "--get", key]))?.trim();
    if (known) return known;
  }
  const user = process.env["USER"]?.trim();
  if (user) return user;
  throw new CommandFailure(
    "who does this is known neither to git (user.name, user.email) nor to the shell (USER); say --by WHO",
    exitCodes.wrong,
  );
}

/** Why an option's text cannot stand in a line of a file of releases, or undefined where it can. */
export function textProblem(option: "by" | "build", text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const given = `--${option} is ${JSON.stringify(text)}`;
  // Line breaks, and what would be seen by nobody.
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) return `${given}; it must be one line of text`;
  if (text.trim() === "") return `${given}; it must say something`;
  const most = releaseEntry.shape[option].maxLength ?? Infinity;
  return text.length > most
    ? `${given}, which has ${text.length} characters; it must be at most ${most}`
    : undefined;
}
