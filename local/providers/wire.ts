import type { Value, Values } from "../cloud/rules/shape";

/** How the engine writes a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** How the engine marks a special value, and a secret one. Both are fixed by Pulumi's wire format. */
const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

export function isUnknown(value: Value | undefined): boolean {
  return value === unknown;
}

/** Whether anything in a value is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === undefined || value === null || typeof value !== "object") return isUnknown(value);
  return Object.values(value).some((part) => hasUnknown(part));
}

export function secret(value: Value): Values {
  return { [signature]: secretSignature, value };
}

/** A copy of `values` with every secret as its plain value. */
export function revealed(values: Values): Values {
  return revealedValue(values) as Values;
}

function revealedValue(value: Value): Value {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(revealedValue);
  if (value[signature] === secretSignature) return revealedValue(value["value"] ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, revealedValue(part)]));
}
