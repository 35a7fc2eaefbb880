import type { EngineResult } from "../../local/engine/run";
import { nameIn } from "./resource-name";

/** One thing that the engine, a provider or the program says went wrong. */
export interface EngineError {
  readonly urn?: string;
  readonly message: string;
}

/** What went wrong, without the sentence that only repeats that something did. */
export function errorsOf(result: EngineResult): EngineError[] {
  const errors = result.diagnostics.filter(({ severity }) => severity === "error");
  const telling = errors.filter(({ message }) => !/^(update|preview|destroy|refresh) failed$/.test(message));
  return telling.length > 0 ? telling : errors;
}

/** Whether it is a guard that stood in the way. */
export function isProtection({ message }: EngineError): boolean {
  return /it is protected|marked for protection|deletionProtection is true|deletionPolicy is PREVENT/.test(
    message,
  );
}

/** The errors as a list, each with the resource it is about; `advise` may add what to do. */
export function errorList(errors: readonly EngineError[], advise = (message: string) => message): string {
  return errors
    .map(({ urn, message }) => `${urn ? `${nameIn(urn)}: ` : ""}${advise(message)}`)
    .map((text) => `  - ${text.replaceAll("\n", "\n    ")}`)
    .join("\n");
}
