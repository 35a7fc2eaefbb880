import { spawn } from "node:child_process";

import { CommandFailure } from "../failure";

/**
 * Runs the `pulumi` of whoever types, on their own backend and as themselves.
 *
 * What it says goes to standard error while it runs, or is the result where it is asked for `quietly`.
 * @throws CommandFailure when it fails, or is not there.
 */
export async function pulumi(
  checkout: string,
  args: readonly string[],
  { quietly = false, env = {} }: { quietly?: boolean; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn("pulumi", [...args, "--non-interactive"], {
    cwd: checkout,
    env: { ...process.env, ...env },
    stdio: ["ignore", quietly ? "pipe" : process.stderr, quietly ? "pipe" : process.stderr],
  });
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  // A terminal sends Ctrl-C to both. The engine then ends what it is at and writes its state, which is waited for.
  const stay = () => undefined;
  const passOn = () => void child.kill("SIGINT");
  process.on("SIGINT", stay).on("SIGTERM", passOn).on("SIGHUP", passOn);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("close", resolve);
    });
    if (code === 0) return out;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new CommandFailure(
      "pulumi is not on PATH; install the CLI (https://www.pulumi.com/docs/install/) and log in to the backend of this project",
    );
  } finally {
    process.off("SIGINT", stay).off("SIGTERM", passOn).off("SIGHUP", passOn);
  }
  const said = err.trim() === "" ? "what it said is above" : err.trim();
  throw new CommandFailure(`pulumi ${args.slice(0, 2).join(" ")} failed: ${said}`);
}
