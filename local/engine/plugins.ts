import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
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
  const link = join(home, "plugins", folder);
  mkdirSync(join(home, "plugins"), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(installed, link);
}
