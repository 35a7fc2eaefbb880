import { isDeepStrictEqual } from "node:util";

import { isMap, isScalar, type Pair, parse, parseDocument, type ParsedNode, type YAMLMap } from "yaml";

import type { ReleaseEntry } from "../../config/releases";
import { CommandFailure, exitCodes } from "../failure";

type Line = Pair<ParsedNode, ParsedNode | null>;

/** A part of a text, from one offset to another, and what comes in its place. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * A file of releases in which one service has another release. Every other byte stays: comments, order, quotes, line
 * ends. A service that had no line gets one at its place in the alphabet.
 *
 * @throws CommandFailure when the file is written in a way that one line cannot be changed in.
 */
export function withRelease(text: string, service: string, entry: ReleaseEntry, file: string): string {
  const contents = parseDocument(text).contents;
  const lines = isMap<ParsedNode, ParsedNode | null>(contents) ? contents.items : [];
  const line = lines.find(({ key }) => nameOf(key) === service);
  const edited = isMap(contents)
    ? applied(text, line ? changes(text, line, entry) : [insertion(text, contents, service, entry)])
    : text;
  const wanted = { ...(parse(text) as object), [service]: { ...entry } };
  if (!isReadAs(edited, wanted)) {
    throw new CommandFailure(
      `${file} is written in a way that the line of ${service} cannot be put into without touching others; ` +
        `write each service on a line of its own, as ${lineOf(service, entry)}`,
      exitCodes.wrong,
    );
  }
  return edited;
}

/**
 * A file of releases without the line of one service. Every other byte stays, comments above the line too.
 *
 * @throws CommandFailure when the file is written in a way that one line cannot be taken out of.
 */
export function withoutRelease(text: string, service: string, file: string): string {
  const contents = parseDocument(text).contents;
  const line = isMap<ParsedNode, ParsedNode | null>(contents)
    ? contents.items.find(({ key }) => nameOf(key) === service)
    : undefined;
  if (!line || !isMap(contents)) return text;
  const edited = applied(text, [removal(text, line, contents.items.length === 1)]);
  const wanted = Object.fromEntries(
    Object.entries(parse(text) as object).filter(([name]) => name !== service),
  );
  if (!isReadAs(edited, wanted)) {
    throw new CommandFailure(
      `${file} is written in a way that the line of ${service} cannot be taken out without touching others; ` +
        "write each service on a line of its own",
      exitCodes.wrong,
    );
  }
  return edited;
}

/** The part of a file that is about one service, or undefined where it has none. */
export function lineIn(text: string, service: string): string | undefined {
  const contents = parseDocument(text).contents;
  if (!isMap<ParsedNode, ParsedNode | null>(contents)) return undefined;
  const line = contents.items.find(({ key }) => nameOf(key) === service);
  return line?.value ? text.slice(line.key.range[0], line.value.range[1]) : undefined;
}

/** Offsets are those of the text itself, so what is left out here is what stays. */
function applied(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .sort((a, b) => b.from - a.from)
    .reduce((edited, { from, to, text: part }) => edited.slice(0, from) + part + edited.slice(to), text);
}

function changes(text: string, { value }: Line, entry: ReleaseEntry): Splice[] {
  if (!isMap<ParsedNode, ParsedNode | null>(value)) {
    return value ? [{ from: value.range[0], to: value.range[1], text: flowOf(entry) }] : [];
  }
  return value.items.flatMap(({ key, value: field }) => {
    const wanted = entry[nameOf(key) as keyof ReleaseEntry];
    if (!isScalar(field) || field.value === wanted) return [];
    const [from, to] = field.range;
    // The last line end of a text of several lines is not its own.
    return [{ from, to: from + text.slice(from, to).trimEnd().length, text: scalarOf(wanted) }];
  });
}

function insertion(text: string, all: YAMLMap.Parsed, service: string, entry: ReleaseEntry): Splice {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const line = lineOf(service, entry);
  const following = all.items.findIndex(({ key }) => nameOf(key) > service);
  const before = all.items.at(following === -1 ? -1 : following - 1);
  const first = all.items[0];
  if (!first) {
    const [from, to] = all.range;
    return { from, to, text: text.indexOf("\n", to) === -1 ? line + end : line };
  }
  const indent = indentOf(text, first.key);
  if (following === 0 || !before) {
    const from = beginningOf(text, first.key);
    return { from, to: from, text: `${indent}${line}${end}` };
  }
  const from = endOf(text, before);
  return { from, to: from, text: `${end}${indent}${line}` };
}

/** A file in which nothing runs says so. */
function removal(text: string, line: Line, last: boolean): Splice {
  const from = lineStart(text, line.key);
  const to = endOf(text, line);
  if (last) return { from, to, text: "{}" };
  const end = /^\r?\n/.exec(text.slice(to))?.[0] ?? "";
  if (end !== "") return { from, to: to + end.length, text: "" };
  return { from: text.slice(0, from).replace(/\r?\n$/, "").length, to, text: "" };
}

/** Where the first line and the comment that is about it alone begin; a comment at the top is about the file. */
function beginningOf(text: string, key: ParsedNode): number {
  const own = lineStart(text, key);
  const above = text.slice(0, own).split("\n").slice(0, -1);
  const last = above.findLastIndex((line) => !line.trimStart().startsWith("#"));
  return last <= 0 ? own : above.slice(0, last + 1).reduce((sum, line) => sum + line.length + 1, 0);
}

/** Where the last line of a service's release ends, its comment included. */
function endOf(text: string, { key, value }: Line): number {
  const written = text.slice(0, (value ?? key).range[1]).trimEnd().length;
  const end = /\r?\n|$/.exec(text.slice(written));
  return written + (end?.index ?? 0);
}

function indentOf(text: string, key: ParsedNode): string {
  return text.slice(lineStart(text, key), key.range[0]);
}

/** Behind the mark that some editors begin a file with. */
function lineStart(text: string, key: ParsedNode): number {
  const start = text.lastIndexOf("\n", key.range[0] - 1) + 1;
  return text.startsWith("\uFEFF") ? Math.max(start, 1) : start;
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : "";
}

function lineOf(service: string, entry: ReleaseEntry): string {
  return `${scalarOf(service)}: ${flowOf(entry)}`;
}

function flowOf({ version, by, build }: ReleaseEntry): string {
  return `{ version: ${scalarOf(version)}, by: ${scalarOf(by)}, build: ${scalarOf(build)} }`;
}

/** A text as YAML has it inside braces: as it is where that reads as the same text, else in quotes. */
function scalarOf(value: string): string {
  return isReadAs(`{ ${value}: ${value} }`, { [value]: value }) ? value : JSON.stringify(value);
}

function isReadAs(text: string, value: unknown): boolean {
  try {
    return isDeepStrictEqual(parse(text, { logLevel: "error" }), value);
  } catch {
    return false;
  }
}
