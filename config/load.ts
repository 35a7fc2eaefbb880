import * as pulumi from "@pulumi/pulumi";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";

import { parseSettings } from "./parse";
import { SettingsError } from "./problems";
import type { CiSettings, DeliverySettings } from "./settings";

/** Settings with their secrets wrapped again, so that the engine keeps them encrypted wherever they go. */
export type Loaded<T> = Omit<T, "slackToken"> & { readonly slackToken?: pulumi.Output<string> };
export type LoadedSettings = Loaded<CiSettings> | Loaded<DeliverySettings>;

/**
 * The settings of the stack that is running: the only place where Pulumi's configuration is read.
 *
 * @throws pulumi.RunError whose message lists every problem; nothing has been registered by then.
 */
export function loadSettings(): LoadedSettings {
  const values = pulumi.runtime.allConfig();
  const encrypted = Object.keys(values).filter((key) => isEncrypted(key));
  try {
    const { slackToken, ...settings } = parseSettings({
      values,
      encrypted,
      file: `Pulumi.${pulumi.getStack()}.yaml`,
    });
    return slackToken === undefined ? settings : { ...settings, slackToken: pulumi.secret(slackToken) };
  } catch (error) {
    // RunError is the one kind that Pulumi prints without a stack trace.
    if (error instanceof SettingsError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/** The SDK knows which values were encrypted, but leaves the question out of its declarations. */
const { isConfigSecret: isEncrypted } = runtimeConfig as unknown as {
  isConfigSecret: (this: void, key: string) => boolean;
};
