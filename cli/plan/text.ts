import { losesSomething, type Plan, type PropertyChange, type ResourceChange, secret } from "./plan";
import { nameIn } from "./resource-name";

export interface TextOptions {
  /** List every new resource, however many. */
  readonly all: boolean;
  /** With the colours of a terminal. */
  readonly colours: boolean;
}

/** New resources that are named before the rest is only counted; what goes or changes is never left out. */
const newLimit = 25;

/** Characters of a value before it is cut to what is round its first difference. */
const valueLimit = 100;

type Colour = "red" | "yellow" | "green";

interface Section {
  readonly title: string;
  readonly colour: Colour;
  readonly holds: (change: ResourceChange) => boolean;
}

/** In the order in which a reader has to see them; a change is in the first that holds it. */
const sections: readonly Section[] = [
  { title: "Loses data, names or addresses", colour: "red", holds: losesSomething },
  { title: "Loses its protection", colour: "red", holds: ({ losesGuard }) => losesGuard },
  {
    title: "Replaced or deleted",
    colour: "yellow",
    holds: ({ action }) => action === "replace" || action === "delete",
  },
  { title: "Changed in place", colour: "yellow", holds: ({ action }) => action === "update" },
  { title: "New", colour: "green", holds: ({ action }) => action === "create" },
];

/** A plan for people: the most dangerous first, and one line where nothing changes. */
export function planText(stack: string, plan: Plan, options: TextOptions): string {
  const { changes, outputs, unchanged } = plan;
  const warnings = plan.warnings.map((warning) => `  warning: ${severalLines(warning, 4)}`);
  if (changes.length === 0 && outputs.length === 0) {
    return [`${stack}: no changes (${unchanged} resources)`, ...warnings].join("\n");
  }
  const rest = new Set(changes);
  const blocks = sections.flatMap((section) => {
    const held = [...rest].filter(section.holds);
    for (const change of held) rest.delete(change);
    return held.length === 0 ? [] : [sectionText(section, held, options)];
  });
  return [
    `${stack}: ${summaryOf(plan)}`,
    ...blocks,
    ...(outputs.length === 0
      ? []
      : [`  Outputs\n${outputs.map((output) => `    ${pair(output)}`).join("\n")}`]),
    ...warnings,
  ].join("\n");
}

/** `1 to replace, 8 to update, 94 unchanged`. */
export function summaryOf({ changes, unchanged }: Plan): string {
  const refused = changes.filter((change) => change.refusedBy !== undefined).length;
  const counts = (["delete", "replace", "update", "create"] as const)
    .map((action) => [action, changes.filter((change) => change.action === action).length] as const)
    .filter(([, count]) => count > 0)
    .map(([action, count]) => `${count} to ${action}`);
  const only = changes.filter(({ action }) => action === "same").length;
  return [
    ...(refused > 0 ? [`\`up\` refuses, ${refused} guarded`] : []),
    ...counts,
    ...(only > 0 ? [`${only} without protection`] : []),
    `${unchanged} unchanged`,
  ].join(", ");
}

function sectionText(
  { title, colour }: Section,
  changes: readonly ResourceChange[],
  options: TextOptions,
): string {
  const isNew = changes[0]?.action === "create";
  const listed = isNew && !options.all ? changes.slice(0, newLimit) : changes;
  const more = changes.length - listed.length;
  return [
    `  ${painted(title, colour, options)}`,
    ...listed.map((change) => changeText(change, colour, options)),
    ...(more > 0 ? [`    … and ${more} more (--all lists them)`] : []),
  ].join("\n");
}

const signs = { replace: "±", delete: "-", update: "~", create: "+", same: "!" } as const;

function changeText(change: ResourceChange, colour: Colour, options: TextOptions): string {
  const { action, urn, loses, properties } = change;
  const name = oneLine(nameIn(urn));
  const head = `    ${painted(`${signs[action]} ${name}`, colour, options)}${remarkOn(change)}`;
  const notes = [...(loses === undefined ? [] : [`lost with it: ${loses}`]), ...guardNotes(change)];
  const shown = action === "create" ? [] : properties.map(propertyText);
  return [head, ...[...notes, ...shown].map((line) => `        ${line}`)].join("\n");
}

function guardNotes({ action, refusedBy, protectedBefore, protectedAfter }: ResourceChange): string[] {
  if (refusedBy === "engine") return ["protected: `up` refuses"];
  if (refusedBy === "provider") {
    return [
      "guarded in the state: `up` fails when it comes to delete the old one; take the guard off in one before",
    ];
  }
  if (action === "delete" || !protectedBefore || protectedAfter) return [];
  return [
    action === "replace" ? "protected until now, and replaced by the same `up`" : "protected until now",
  ];
}

function remarkOn({ action, oldFirst, because, properties }: ResourceChange): string {
  if (action === "delete") return ", deleted";
  if (action !== "replace") return "";
  // Inputs that force it stand below with their values.
  const others = because.filter((key) => !properties.some(({ path }) => path === key || isBelow(path, key)));
  const reason = others.length > 0 ? ` because of its ${others.join(", ")}` : "";
  return `, replaced${reason}; ${oldFirst ? "the old one goes first" : "the new one comes first"}`;
}

function isBelow(path: string, key: string): boolean {
  return path.startsWith(`${key}.`) || path.startsWith(`${key}[`);
}

function propertyText(change: PropertyChange): string {
  return `${pair(change)}${change.replaces ? "  (replaces)" : ""}`;
}

function pair({ path, ...change }: PropertyChange): string {
  const [old, next] = shortened(shown(change.old), shown(change.new));
  if (change.old === undefined) return `${oneLine(path)}: ${next}  (new)`;
  if (change.new === undefined) return `${oneLine(path)}: ${old}  (removed)`;
  if (change.old === secret && change.new === secret) return `${oneLine(path)}: ${secret} → another`;
  return `${oneLine(path)}: ${old} → ${next}`;
}

function shown(value: unknown): string {
  if (typeof value === "string" && /^\[(secret|known after up)\]$/.test(value)) return value;
  return JSON.stringify(value) ?? "";
}

/** Two long values cut to where they begin to differ. */
function shortened(old: string, next: string): [string, string] {
  if (old.length <= valueLimit && next.length <= valueLimit) return [old, next];
  let same = 0;
  while (same < Math.min(old.length, next.length) && old[same] === next[same]) same += 1;
  const from = Math.max(0, same - 20);
  return [cut(old, from), cut(next, from)];
}

function cut(text: string, from: number): string {
  const end = from + valueLimit;
  return `${from > 0 ? "…" : ""}${text.slice(from, end)}${text.length > end ? "…" : ""}`;
}

/** A name or a path, which a program may choose as it likes, without anything that moves or hides what is printed. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`;
  });
}

/** A message of several lines, those after the first set in, so that none looks like one of ours. */
export function severalLines(text: string, indent: number): string {
  return text
    .split("\n")
    .map(oneLine)
    .join(`\n${" ".repeat(indent)}`);
}

const codes = { red: 31, yellow: 33, green: 32 } as const;

function painted(text: string, colour: Colour, { colours }: TextOptions): string {
  return colours ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
}
