import type { Value, Values } from "../../cloud/rules/shape";

/** The version of the package that the stand-ins were written for. */
export const version = "4.34.2";

/** Another cluster is another provider; another address of the same one is not. */
export function replacedBy(old: Values, next: Values): string[] {
  const before = old["clusterIdentifier"];
  const after = next["clusterIdentifier"];
  return before !== undefined && after !== undefined && before !== after ? ["clusterIdentifier"] : [];
}

/** Whether a switch of the provider is on: its configuration carries what is no text as JSON. */
export function isOn(value: Value | undefined): boolean {
  return value === true || value === "true";
}
