import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

type Environment = Record<string, string | undefined>;

/** A plugin that the user was to have installed; the message says how. */
export class PluginNotFound extends Error {
  public override readonly name = "PluginNotFound";
}

/**
 * Lets an engine with a home of its own use a provider plugin that the user has installed, in exactly this version:
 * the one that the program's package asks for.
 */
export function usePlugin(home: string, name: string, version: string, env: Environment = process.env): void {
  const folder = `resource-${name}-v${version}`;
  const installed = join(env["PULUMI_HOME"] ?? join(env["HOME"] ?? homedir(), ".pulumi"), "plugins", folder);
  if (!existsSync(join(installed, `pulumi-resource-${name}`))) {
    throw new PluginNotFound(
      `the real ${name} plugin ${version} is not installed: there is no ${installed}; ` +
        `run: pulumi plugin install resource ${name} ${version}`,
    );
  }
  const own = join(home, "plugins", folder);
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  // The engine passes over a plugin whose folder is a link; what is in it may be links.
  for (const file of readdirSync(installed)) symlinkSync(join(installed, file), join(own, file));
}
