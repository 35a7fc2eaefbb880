import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import { encryptedPaths, isEncrypted, readStackFile, type StackFile } from "../../config/stack-file";
import { runOrThrow } from "../engine/command";
import { ensureStack, removeStack, stackExists, type Workspace } from "../engine/run";
import type { Layout } from "./layout";

/**
 * What stands in a world for a value that only the real stack's key can decrypt. Another ciphertext gets another
 * placeholder, so that a new value is seen as a change; nothing can tell when only its encryption is new.
 */
export function placeholderFor(path: readonly string[], ciphertext: string): string {
  return `local-placeholder-for-${path.join(".")}-${markOf(ciphertext)}`;
}

function markOf(ciphertext: string): string {
  return createHash("sha256").update(ciphertext).digest("hex").slice(0, 8);
}

/** Which ciphertext each placeholder stands for, beside the copies of the settings. */
const marksFile = "placeholders.json";

/** State in a world is nobody's secret: it holds placeholders, and goes with the world. */
const passphrase = "local";

export interface StackPlace {
  readonly layout: Layout;
  readonly providers: Readonly<Record<string, number>>;
  /** The `pulumi` command. */
  readonly engine: string;
  /** Checkout whose program runs. */
  readonly programFolder: string;
  /**
   * Variables that real plugins need.
   * @default none: every provider is a stand-in
   */
  readonly pluginEnvironment?: Readonly<Record<string, string>>;
}

/** Where the engine works on a stack of a world: on copies, so that the checkout stays as it is. */
export function workspaceOf(place: StackPlace, stack: string): Workspace {
  const { layout, engine, programFolder, providers, pluginEnvironment } = place;
  return {
    engine,
    folder: layout.stack(stack),
    programFolder,
    stack,
    backendFolder: layout.backend,
    passphrase,
    providers: { ...providers },
    home: layout.home,
    ...(pluginEnvironment && { pluginEnvironment }),
  };
}

/**
 * Runs `use` on a stack with these settings, in a folder of its own.
 *
 * Two commands on one stack never see each other's settings. The world's copy, which says what the stack was last
 * brought up with, changes by `keepSettings` alone; only a stack that has none gets one at once, so that whatever is
 * made can be destroyed again. A command that `onlyLooks` leaves no stack behind that was not there.
 */
export async function withStack<T>(
  place: StackPlace,
  stack: string,
  config: Config,
  use: (workspace: Workspace) => Promise<T>,
  { onlyLooks = false } = {},
): Promise<T> {
  const isNew = !stackExists(workspaceOf(place, stack));
  mkdirSync(place.layout.runs, { recursive: true });
  const folder = mkdtempSync(join(place.layout.runs, `${stack}-`));
  try {
    const workspace = await prepareStack(place, stack, config, folder);
    if (!onlyLooks && copiedSettings(place.layout, stack) === undefined) keepSettings(place, workspace);
    const result = await use(workspace);
    if (onlyLooks && isNew) await removeStack(workspace);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the settings in a workspace the ones that the world remembers of its stack. */
export function keepSettings({ layout }: StackPlace, { folder, stack }: Workspace): void {
  const kept = layout.stack(stack);
  mkdirSync(kept, { recursive: true });
  for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`, marksFile]) {
    copyFileSync(join(folder, file), join(kept, `${file}.new`));
    renameSync(join(kept, `${file}.new`), join(kept, file));
  }
}

/** Makes another world know the placeholders of a stack as they are encrypted here, and nothing else of its settings. */
export function keepPlaceholders({ folder, stack }: Workspace, layout: Layout): void {
  const kept = layout.stack(stack);
  mkdirSync(kept, { recursive: true });
  const { encryptionsalt, config } = readCopy(join(folder, `Pulumi.${stack}.yaml`));
  const encrypted = encryptedPaths(config).reduce<Config>(
    (at, path) => withValue(at, path, valueAt(config, path)),
    {},
  );
  writeFileSync(join(kept, `Pulumi.${stack}.yaml`), stringify({ encryptionsalt, config: encrypted }));
  for (const file of ["Pulumi.yaml", marksFile]) copyFileSync(join(folder, file), join(kept, file));
}

/**
 * Copies the project's file and the stack's settings into a folder and makes the stack known there.
 *
 * Encrypted values become placeholders, encrypted again with the world's own passphrase. What the world remembers of
 * the stack keeps its ciphertexts: the same settings stay the same file.
 */
export async function prepareStack(
  place: StackPlace,
  stack: string,
  config: Config,
  folder = place.layout.stack(stack),
): Promise<Workspace> {
  const workspace = { ...workspaceOf(place, stack), folder };
  const encrypted = encryptedPaths(config);
  mkdirSync(folder, { recursive: true });
  mkdirSync(workspace.backendFolder, { recursive: true });
  writeFileSync(join(folder, "Pulumi.yaml"), readFileSync(join(place.programFolder, "Pulumi.yaml")));

  const kept = place.layout.stack(stack);
  const before = readCopy(join(kept, `Pulumi.${stack}.yaml`));
  const marksBefore = readMarks(join(kept, marksFile));
  const marks = Object.fromEntries(
    encrypted.map((path) => {
      const ciphertext = ciphertextAt(config, path);
      // Settings that come from the world itself hold its own ciphertext, which stands for the same as before.
      const own = ciphertext === ciphertextAt(before.config, path);
      return [keyPath(path), (own ? marksBefore[keyPath(path)] : undefined) ?? markOf(ciphertext)];
    }),
  );
  const reused = encrypted.filter(
    (path) => ciphertextAt(before.config, path) !== "" && marksBefore[keyPath(path)] === marks[keyPath(path)],
  );
  const copy = reused.reduce(
    (at, path) => withValue(at, path, valueAt(before.config, path)),
    encrypted.reduce<Config>(dropped, config),
  );
  const { encryptionsalt } = before;
  const text = { ...(encryptionsalt !== undefined && { encryptionsalt }), config: copy };
  // The engine reads YAML 1.1, where a time without quotes is no text.
  writeFileSync(
    join(folder, `Pulumi.${stack}.yaml`),
    stringify(text, { version: "1.1", defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" }),
  );
  writeFileSync(join(folder, marksFile), JSON.stringify(marks));
  await ensureStack(workspace);

  const missing = encrypted.filter((path) => !reused.includes(path));
  if (missing.length > 0) {
    const secrets = missing.flatMap((path) => [
      "--secret",
      `${keyPath(path)}=${placeholderFor(path, ciphertextAt(config, path))}`,
    ]);
    await runOrThrow(workspace, ["config", "set-all", "--stack", stack, "--path", ...secrets]);
  }
  return workspace;
}

/** Stacks that a world has settings of, whether they are up or not. */
export function stacksIn(layout: Layout): string[] {
  const folder = layout.stack("");
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** The settings that a stack of a world was last brought up with, or undefined when it is not there. */
export function copiedSettings(layout: Layout, stack: string): StackFile | undefined {
  const file = join(layout.stack(stack), `Pulumi.${stack}.yaml`);
  return existsSync(file) ? readStackFile(readFileSync(file, "utf8"), `Pulumi.${stack}.yaml`) : undefined;
}

type Config = Readonly<Record<string, unknown>>;

interface Copy {
  readonly encryptionsalt?: string;
  readonly config: Config;
}

function readCopy(file: string): Copy {
  if (!existsSync(file)) return { config: {} };
  const copy = parse(readFileSync(file, "utf8")) as Partial<Copy> | null;
  return { ...copy, config: copy?.config ?? {} };
}

function readMarks(file: string): Record<string, string> {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
}

function ciphertextAt(config: Config, path: readonly string[]): string {
  const value = valueAt(config, path);
  return isEncrypted(value) ? value.secure : "";
}

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((at, key) => (isBlock(at) ? at[key] : undefined), config);
}

function withValue(config: Config, [key = "", ...rest]: readonly string[], value: unknown): Config {
  const inner = config[key];
  return {
    ...config,
    [key]: rest.length === 0 ? value : withValue(isBlock(inner) ? inner : {}, rest, value),
  };
}

function dropped(config: Config, [key = "", ...rest]: readonly string[]): Config {
  const { [key]: inner, ...others } = config;
  return rest.length > 0 && isBlock(inner) ? { ...config, [key]: dropped(inner, rest) } : others;
}

/** `platform:alerts`, `token` as the engine writes it: `platform:alerts.token`. */
function keyPath(path: readonly string[]): string {
  return path.join(".");
}

function isBlock(value: unknown): value is Config {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
