/**
 * The `pulumi` of a deploy pod in a test: the real engine, with the program of the folder it is called in, on a stack of
 * a local world that runs. Arguments: the engine, the world's folder, what stands in for the product's public
 * addresses, and what `pulumi` was called with.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { readStackFile } from "../../config/stack-file";
import { runCommand } from "../../local/engine/command";
import { startLanguageHost } from "../../local/engine/language-host";
import { WorldClient } from "../../local/world/client";
import { layoutOf } from "../../local/world/layout";
import { keepSettings, withStack } from "../../local/world/stacks";

async function main([engine = "", folder = "", door = "", ...args]: readonly string[]): Promise<void> {
  const client = await WorldClient.find(folder);
  const stack = args[args.indexOf("--stack") + 1] ?? "";
  if (!client || !args.includes("--stack"))
    throw new Error(`no world in ${folder}, or no --stack in ${args.join(" ")}`);
  const programFolder = process.cwd();
  const place = { layout: layoutOf(folder), providers: client.providers, engine, programFolder };
  const file = `Pulumi.${stack}.yaml`;
  const { config } = readStackFile(readFileSync(join(programFolder, file), "utf8"), file);
  await withStack(place, stack, config, async (workspace) => {
    const runsProgram = args[0] === "preview" || args[0] === "up";
    const host = runsProgram ? await startLanguageHost({ programFolder }) : undefined;
    const client = host ? [`--client=${host.address}`] : [];
    const said = await runCommand(workspace, [...args, ...client]).finally(() => host?.close());
    process.stdout.write(said.stdout.replaceAll(/https:\/\/[^/"]+/g, args[0] === "stack" ? door : "$&"));
    process.stderr.write(said.stderr);
    if (args[0] === "up" && said.exitCode === 0) keepSettings(place, workspace);
    process.exitCode = said.exitCode;
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
