import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { CommandFailure, exitCodes } from "../failure";

/** What a run of git may be given besides its arguments. */
export interface GitOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from its standard input. */
  readonly input?: string;
}

/**
 * Runs git in a folder and gives what it printed.
 *
 * @throws CommandFailure when there is no git; any other failure is an Error with what git said.
 */
export async function git(
  folder: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  try {
    const run = promisify(execFile)("git", ["-C", folder, ...args], {
      env: { ...withoutGitsOwn(process.env), LC_ALL: "C", GIT_NO_LAZY_FETCH: "1", ...options.env },
      maxBuffer: 64 * 1024 * 1024,
    });
    // Who does not read all of it has a reason, and says it by its exit code.
    run.child.stdin?.on("error", () => undefined);
    run.child.stdin?.end(options.input ?? "");
    return (await run).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") {
      throw new CommandFailure("git is not on PATH; what was committed comes from it", exitCodes.wrong);
    }
    throw new Error(`git ${args.join(" ")}: ${stderr?.trim() || String(error)}`, { cause: error });
  }
}

/** As `git`, with nothing where git fails. */
export async function gitOrNothing(folder: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return await git(folder, args);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    return undefined;
  }
}

/** Inside a hook Git's variables name the repository of the hook. */
function withoutGitsOwn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name)),
  );
}
