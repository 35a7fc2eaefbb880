import { describeLock, readLocks } from "../../local/engine/locks";
import type { EngineResult, Workspace } from "../../local/engine/run";
import { CommandFailure, exitCodes } from "../failure";
import { type EngineError, errorList, errorsOf, isProtection } from "../plan/engine-errors";
import { nameIn } from "../plan/resource-name";

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
  const protectedOnes = errors.filter(isProtection);
  if (protectedOnes.length > 0) return protectionFailure(stack, result, protectedOnes);
  return new CommandFailure(`${stack} failed:\n${errorList(errors, (message) => advised(stack, message))}`);
}

function protectionFailure(
  stack: string,
  result: EngineResult,
  failures: readonly EngineError[],
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
