import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import type { Target } from "./discovery";
import { metadataOf } from "../identity";

/** What is sent for an object: the inputs, as the API names and places them. */
export function bodyOf(inputs: Values, { apiVersion, kind, name, namespace }: Target): Values {
  const metadata: Values = { ...metadataOf(inputs), name };
  if (namespace === undefined) delete metadata["namespace"];
  else metadata["namespace"] = namespace;
  return renamed({ ...inputs, apiVersion, kind, metadata }, toDashes) as Values;
}

/** An object that the API server gave, as the program's SDK names its properties. */
export function valuesOf(object: object): Values {
  return renamed(object as Values, toUnderscores) as Values;
}

/** A copy without what is null, with its keys renamed. */
function renamed(value: Value, rename: (key: string) => string): Value {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename));
  if (!isBlock(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([key, part]) => [rename(key), renamed(part, rename)]),
  );
}

/** A definition's own words for schemas: `x-kubernetes-…`, which are no names in a program. */
function toDashes(key: string): string {
  return key.startsWith("x_kubernetes_") ? key.replaceAll("_", "-") : key;
}

function toUnderscores(key: string): string {
  return key.startsWith("x-kubernetes-") ? key.replaceAll("-", "_") : key;
}
