import { spawn } from "node:child_process";

import { CommandFailure } from "../failure";

/**
 * Runs the `pulumi` of whoever types, on their own backend and as themselves.
 *
 * What it says goes to standard error while it runs, or is the result where it is asked for `quietly`.
 * @throws CommandFailure when it fails, or is not there.
 */
export async function pulumi(
  folder: string,
  args: readonly string[],
  { quietly = false, env = {} }: { quietly?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn("pulumi", [...args, "--non-interactive"], {
    cwd: folder,
    // Who brings up what somebody else has made has no settings of theirs; the state says how it is encrypted.
    env: { ...process.env, PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true", ...env },
    // A group of its own: Ctrl-C in a terminal, and Jenkins, reach every process, and a second SIGINT makes the engine give
    // up at once.
    detached: true,
    stdio: ["ignore", quietly ? "pipe" : process.stderr, quietly ? "pipe" : process.stderr],
  });
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  let asked = false;
  const stop = () => {
    // The engine ends what it is at and writes its state, which is waited for.
    if (!asked) child.kill("SIGINT");
    asked = true;
  };
  process.on("SIGINT", stop).on("SIGTERM", stop).on("SIGHUP", stop);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    if (code === 0) return out;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandFailure(
      "pulumi is not on PATH; install the CLI (https://www.pulumi.com/docs/install/) and log in to the backend of this project; pop-ups of a local world: --world NAME",
    );
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop).off("SIGHUP", stop);
  }
  if (asked)
    throw new CommandFailure(
      `pulumi ${args.slice(0, 2).join(" ")}: stopped; start the command again to go on`,
    );
  const said = err.trim() === "" ? "what it said is above" : err.trim();
  const stack = args[args.indexOf("--stack") + 1] ?? "STACK";
  throw new CommandFailure(
    `pulumi ${args.slice(0, 2).join(" ")} failed: ${said}\nIf it says that the stack is locked and nobody is at it any more: pulumi cancel ${stack}`,
  );
}
