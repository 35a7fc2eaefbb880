import { describeLock, readLocks } from "../../local/engine/locks";
import type { EngineResult, Workspace } from "../../local/engine/run";
import { CommandFailure, exitCodes } from "../failure";

/** Why the engine did not do it, in words that say what to do next. */
export function failureOf(stack: string, result: EngineResult, workspace: Workspace): CommandFailure {
  if (result.interrupted) {
    return new CommandFailure(`${stack}: interrupted; what was made is kept, run the same command to go on`);
  }
  const lock = readLocks(workspace).find(({ owner }) => owner !== "dead");
  const errors = errorsOf(result);
  if (lock && errors.some(({ message }) => message.includes("currently locked"))) {
    return new CommandFailure(
      `${describeLock(lock)}; nothing was changed, wait until it is done`,
      exitCodes.refused,
    );
  }
  const protectedOnes = errors.filter(({ message }) => isProtection(message));
  if (protectedOnes.length > 0) return protectionFailure(stack, result, protectedOnes);
  const lines = errors.map(
    ({ urn, message }) => `${urn ? `${nameIn(urn)}: ` : ""}${advised(stack, message)}`,
  );
  return new CommandFailure(`${stack} failed:\n${lines.map(listed).join("\n")}`);
}

/** One entry of a list; its further lines stand under the first. */
function listed(text: string): string {
  return `  - ${text.replaceAll("\n", "\n    ")}`;
}

interface Failure {
  readonly urn?: string;
  readonly message: string;
}

function errorsOf(result: EngineResult): Failure[] {
  const errors = result.diagnostics.filter(({ severity }) => severity === "error");
  // "update failed" on the stack only repeats that something did.
  const telling = errors.filter(({ message }) => !/^(update|preview|destroy|refresh) failed$/.test(message));
  return telling.length > 0 ? telling : errors;
}

function isProtection(message: string): boolean {
  return /it is protected|marked for protection|deletionProtection is true|deletionPolicy is PREVENT/.test(
    message,
  );
}

function protectionFailure(
  stack: string,
  result: EngineResult,
  failures: readonly Failure[],
): CommandFailure {
  const deleted = result.steps.filter(
    ({ op, outcome }) => op.startsWith("delete") && outcome === "done",
  ).length;
  const replaces = failures.some(({ message }) => message.includes("unable to replace"));
  const names = new Set(failures.map(({ urn, message }) => nameIn(urnIn(message) ?? urn ?? "")));
  return new CommandFailure(
    [
      `${stack} is protected: it holds data, names and addresses that must not go by accident.`,
      `${replaces ? "The change would replace" : "Stopped at"}: ${[...names].join(", ")}.`,
      deleted === 0
        ? "Nothing was deleted."
        : `Deleted before that: ${deleted} resource${deleted === 1 ? "" : "s"}.`,
      ...(replaces || !failures.some(({ message }) => message.includes("sql/database:Database::"))
        ? []
        : [
            "To remove one service: first set `retired: true` in its catalogue file, bring the stack up, then remove the file.",
          ]),
      `To take the protection off on purpose: ./platform local unprotect ${stack}`,
    ].join("\n"),
    exitCodes.refused,
  );
}

/** The resource that the engine's refusal is about: the first it names. */
function urnIn(message: string): string | undefined {
  return /"(urn:pulumi:[^"]+)"/.exec(message)?.[1];
}

/** The engine's own words, with the way out that this program knows. */
function advised(stack: string, message: string): string {
  const account = /Service account (deployer-[a-z0-9-]+@\S+) does not exist/.exec(message)?.[1];
  if (account === undefined) return message;
  return `${message}\n    ${account} is made by ci; bring it up first: ./platform local up ci ${stack}`;
}

/** Type and name of a resource, and the kind of component it belongs to: `Database › DatabaseInstance main`. */
export function nameIn(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  const [type = "", component] = types
    .split("$")
    .map((token) => token.slice(token.lastIndexOf(":") + 1))
    .reverse();
  return `${component ? `${component} › ` : ""}${type} ${name}`;
}
