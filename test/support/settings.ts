import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Loaded } from "../../config/load";
import { parseSettings, type RawConfig } from "../../config/parse";
import type { DeliverySettings } from "../../config/settings";
import { rawConfigOf, readStackFile, type StackFile } from "../../config/stack-file";
import { isPopup } from "../../config/stacks";

/** The checkout. */
export const root = join(__dirname, "..", "..");

/** The pop-up that stands for all of them in tests. */
export const popup = "popup-search";

/** One stack of each kind. */
export const stacks = ["ci", "staging", "production", popup] as const;

/** Stands in for what is encrypted in stack files; it may be found nowhere but in secrets. */
export const sentinel = "sentinel-of-an-encrypted-value";

/** The file of a long-lived stack; a pop-up's is made from the template, as the command does. */
export function stackFile(stack: string): StackFile {
  const file = isPopup(stack) ? join("templates", "popup.yaml") : `Pulumi.${stack}.yaml`;
  const read = readStackFile(readFileSync(join(root, file), "utf8"), file);
  return isPopup(stack)
    ? { ...read, config: { ...read.config, "platform:network": { addresses: "popup-0" } } }
    : read;
}

/** What the engine hands to the program for a stack, with the sentinel for each encrypted value. */
export function stackConfig(stack: string): RawConfig {
  return rawConfigOf(stackFile(stack), sentinel);
}

/** Settings of staging as its file has them, but for alerts and their secret, with `overrides` of whole keys. */
export function deliverySettings(overrides: Partial<DeliverySettings> = {}): Loaded<DeliverySettings> {
  const settings = { ...parseSettings(stackConfig("staging")), ...overrides } as DeliverySettings;
  delete settings.alerts;
  delete settings.slackToken;
  return settings as Omit<DeliverySettings, "slackToken">;
}

/** Where the inventory of a stack is committed, from the root of the checkout. */
export function inventoryFile(stack: string): string {
  return join("test", "inventory", `${isPopup(stack) ? "popup" : stack}.txt`);
}
