import { z } from "zod";

import { explain, hidden, setSecret, SettingsError, type Shape } from "./problems";
import { namespace, secretKeys, settingsOf, type Settings } from "./settings";

/** Configuration of one stack as the engine hands it over. */
export interface RawConfig {
  /** Full key (`platform:region`) to value; blocks and lists as JSON, everything else as text. */
  readonly values: Readonly<Record<string, string>>;
  /** Full keys whose values are encrypted in the stack file. */
  readonly encrypted: readonly string[];
  /** The file to name in messages, `Pulumi.staging.yaml`. */
  readonly file: string;
}

/**
 * The settings of one stack, checked as a whole before anything is made from them.
 *
 * Keys of other namespaces (`gcp:`, `pulumi:`) are not ours and pass unseen.
 * @throws SettingsError naming every problem at once.
 */
export function parseSettings(raw: RawConfig): Settings {
  const ours = Object.entries(raw.values)
    .filter(([key]) => key.startsWith(`${namespace}:`))
    .map(([key, value]) => [key.slice(namespace.length + 1), value] as const);
  const environment = ours.find(([key]) => key === "environment")?.[1];
  const encrypted = new Set(raw.encrypted.map((key) => key.slice(namespace.length + 1)));
  if (environment === undefined || !isEnvironment(environment)) {
    const given = environment === undefined ? "missing" : JSON.stringify(environment);
    throw new SettingsError(raw.file, [
      `${namespace}:environment is ${encrypted.has("environment") ? hidden : given}; allowed: ${Object.keys(settingsOf).join(", ")}`,
    ]);
  }

  const strangers = Object.keys(raw.values).filter((key) => !namespaces.includes(key.split(":")[0] ?? ""));
  const schema = settingsOf[environment];
  const shape = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Shape;
  const values = Object.fromEntries(
    ours.map(([key, text]) => [key, fromText(text, shape.properties?.[key])]),
  );
  const result = schema.safeParse(values, { reportInput: false });
  const problems = [
    ...strangers.map(
      (key) =>
        `${key} is of no namespace that is read; did you mean ${namespace}:${key.slice(key.indexOf(":") + 1)}?`,
    ),
    ...(result.error?.issues ?? []).flatMap((issue) =>
      explain(issue, { prefix: `${namespace}:`, values, encrypted, shape }),
    ),
    ...secretKeys
      .filter((key) => values[key] !== undefined && !encrypted.has(key))
      .map((key) => `${namespace}:${key} stands there unencrypted; replace it with: ${setSecret([key])}`),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(raw.file, problems);
  return result.data;
}

/** Ours, the engine's and the providers'; a key of another is a slip of the pen that would be lost without a word. */
const namespaces: readonly string[] = [namespace, "pulumi", "gcp", "kubernetes", "random"];

function isEnvironment(value: string): value is keyof typeof settingsOf {
  return Object.hasOwn(settingsOf, value);
}

/** Top-level values arrive as text; what the schema wants otherwise is read as JSON, or left for it to refuse. */
function fromText(text: string, shape: Shape | undefined): unknown {
  if (shape === undefined || shape.type === "string") return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
