import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Loaded } from "../../config/load";
import { parseSettings, type RawConfig } from "../../config/parse";
import { SettingsError } from "../../config/problems";
import { type ServiceEntry, serviceEntry } from "../../config/service";
import type { CiSettings, DeliverySettings } from "../../config/settings";
import { inSlice, rawConfigOf, readStackFile, type StackFile } from "../../config/stack-file";
import { isPopup } from "../../config/stacks";

/** The checkout. */
export const root = join(__dirname, "..", "..");

/** The pop-up that stands for all of them in tests. */
export const popup = "popup-search";

/** One stack of each kind. */
export const stacks = ["ci", "popups", "staging", "production", popup] as const;

/** Those of them that have a cluster. */
export const clusteredStacks = ["ci", "staging", "production", popup] as const;

/** Stands in for what is encrypted in stack files; it may be found nowhere but in secrets. */
export const sentinel = "sentinel-of-an-encrypted-value";

/** The file of a long-lived stack; a pop-up's is made from the template, as the command does. */
export function stackFile(stack: string): StackFile {
  const file = isPopup(stack) ? join("templates", "popup.yaml") : `Pulumi.${stack}.yaml`;
  const read = readStackFile(readFileSync(join(root, file), "utf8"), file);
  return isPopup(stack) ? inSlice(read, "popup-0") : read;
}

/** What the engine hands to the program for a stack, with the sentinel for each encrypted value. */
export function stackConfig(stack: string): RawConfig {
  return rawConfigOf(stackFile(stack), sentinel);
}

/** Values of a stack's configuration by full key, as its file would have them. */
export type Values = Record<string, unknown>;

/** A stack's configuration with some keys replaced, or left out with `undefined`. */
export function changed(stack: string, changes: Values, encrypted?: readonly string[]): RawConfig {
  const config = stackConfig(stack);
  const values = Object.entries({ ...config.values, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  return {
    ...config,
    values: Object.fromEntries(values) as Record<string, string>,
    encrypted: encrypted ?? config.encrypted,
  };
}

/** A block of a stack's configuration with a value at a path, or nothing with `undefined`; and `more` beside it. */
export function block(stack: string, path: string, value: unknown, more: Values = {}): Values {
  const [key = "", ...rest] = path.split(".");
  const top = JSON.parse(stackConfig(stack).values[key] ?? "{}") as Values;
  const last = rest.pop() ?? "";
  const inner = rest.reduce((at, name) => at[name] as Values, top);
  inner[last] = value;
  return { [key]: top, ...more };
}

/** Everything that is wrong with a stack's configuration. */
export function problemsOf(raw: RawConfig): readonly string[] {
  try {
    parseSettings(raw);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

/** The settings of a stack with a cluster, as its file has them. */
export function clusteredSettings(stack: string): CiSettings | DeliverySettings {
  const settings = parseSettings(stackConfig(stack));
  if (settings.environment === "popups") throw new Error(`${stack} has no cluster`);
  return settings;
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

/** A catalogue entry with what nobody said about it, and `more` of it. */
export function serviceEntryOf(more: Readonly<Record<string, unknown>> = {}): ServiceEntry {
  return serviceEntry.parse({ owner: "a-team", repository: "https://git.example/a", stores: [], ...more });
}
