import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";

import { type Catalogue, readCatalogue } from "./catalogue";
import { parseSettings } from "./parse";
import { SettingsError } from "./problems";
import { type Releases, releasesOf } from "./releases";
import type { CiSettings, DeliverySettings, PopupsSettings } from "./settings";
import { stackNameProblem } from "./stacks";

/** Settings with their secrets wrapped again, so that the engine keeps them encrypted wherever they go. */
export type Loaded<T> = Omit<T, "slackToken"> & { readonly slackToken?: pulumi.Output<string> };
/** Settings of an environment with a cluster. */
export type LoadedClustered = Loaded<CiSettings> | Loaded<DeliverySettings>;
export type LoadedSettings = LoadedClustered | Loaded<PopupsSettings>;

/**
 * The settings of the stack that is running: the only place where Pulumi's configuration is read.
 *
 * @throws pulumi.RunError whose message lists every problem; nothing has been registered by then.
 */
export function loadSettings(): LoadedSettings {
  const stack = pulumi.getStack();
  const wrongName = stackNameProblem(stack);
  if (wrongName !== undefined) throw new pulumi.RunError(wrongName);
  const values = pulumi.runtime.allConfig();
  const encrypted = Object.keys(values).filter((key) => isEncrypted(key));
  const { slackToken, ...settings } = plainly(() =>
    parseSettings({ values, encrypted, file: `Pulumi.${stack}.yaml` }),
  );
  return slackToken === undefined ? settings : { ...settings, slackToken: pulumi.secret(slackToken) };
}

/**
 * The service catalogue in a folder.
 *
 * @throws pulumi.RunError as `loadSettings` does.
 */
export function loadCatalogue(folder: string): Catalogue {
  return plainly(() => readCatalogue(folder));
}

/**
 * The versions that run in the environment of some settings, with the files of `folder`; none where nothing of the
 * product runs.
 *
 * @throws pulumi.RunError as `loadSettings` does.
 */
export function loadReleases(folder: string, settings: LoadedSettings, catalogue: Catalogue): Releases {
  if (settings.environment !== "delivery") return {};
  const { services } = settings;
  return plainly(() => releasesOf(services, folder, catalogue));
}

/** RunError is the one kind that Pulumi prints without a stack trace. */
function plainly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The SDK knows which values were encrypted, but leaves the question out of its declarations. */
const { isConfigSecret: isEncrypted } = runtimeConfig as unknown as {
  isConfigSecret: (this: void, key: string) => boolean;
};
