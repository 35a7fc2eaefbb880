import { isDeepStrictEqual } from "node:util";

import { isBlock } from "../../../cloud/check";
import type { Value, Values } from "../../../cloud/rules/shape";
import { secret } from "../../wire";
import { valuesOf } from "./body";
import { metadataOf, textOf } from "../identity";

/** Where the state keeps the object's field manager; the name is the real provider's. */
const managerKey = "__fieldManager";

/** What the engine keeps of an object: all of it, but for the record of who set what. */
export function outputsOf(live: object, manager: string): Values {
  const outputs = valuesOf(live);
  const metadata = { ...metadataOf(outputs) };
  delete metadata["managedFields"];
  outputs["metadata"] = metadata;
  outputs[managerKey] = manager;
  // What was given as `stringData` comes back as `data`, which nobody has marked as secret.
  if (isSecret(outputs) && outputs["data"] !== undefined) outputs["data"] = secret(outputs["data"]);
  return outputs;
}

export function managerIn(outputs: Values): string | undefined {
  return textOf(outputs[managerKey]) || undefined;
}

/** What an API server gives every object by itself, so that a dry run only makes it up. */
const given = ["uid", "creationTimestamp", "resourceVersion", "generation", "managedFields", "selfLink"];

/** What a preview shows of an object that is not there yet: nothing that the real run will answer otherwise. */
export function plannedOf(dryRun: object): Values {
  const planned = valuesOf(dryRun);
  planned["metadata"] = withoutKeys(metadataOf(planned), given);
  delete planned["status"];
  if (planned["kind"] === "Service" && isBlock(planned["spec"]) && planned["spec"]["clusterIP"] !== "None") {
    planned["spec"] = withoutKeys(planned["spec"], ["clusterIP", "clusterIPs"]);
  }
  if (isSecret(planned) && planned["data"] !== undefined) planned["data"] = secret(planned["data"]);
  return planned;
}

/**
 * The inputs as the object has them now.
 *
 * An API server may write a value its own way (`500m` for `0.5`), so what it answers now is compared with what it
 * answered then (`before`): only a value that has changed there is another one.
 */
export function currentInputs(inputs: Values, before: Values, live: object): Values {
  const now = withStringData(valuesOf(live));
  return current(inputs, withStringData(before), now) as Values;
}

/** The inputs of an object that nobody here made, for an import. */
export function importedInputs(live: object): Values {
  const values = valuesOf(live);
  const metadata = withoutKeys(metadataOf(values), given);
  return { ...withoutKeys(values, ["status"]), metadata };
}

function current(input: Value, before: Value | undefined, now: Value | undefined): Value | undefined {
  if (isDeepStrictEqual(before, now)) return input;
  if (isBlock(input) && isBlock(now)) {
    const old = isBlock(before) ? before : {};
    return Object.fromEntries(
      Object.entries(input).flatMap(([key, value]) => {
        const own = current(value, old[key], now[key]);
        return own === undefined ? [] : [[key, own]];
      }),
    );
  }
  if (Array.isArray(input) && Array.isArray(now) && input.length === now.length) {
    const old = Array.isArray(before) ? before : [];
    return input.map((item, index) => current(item, old[index], now[index]) ?? null);
  }
  return now;
}

/** A secret's contents also as the text that they were given as, which an API server takes and never shows. */
function withStringData(object: Values): Values {
  const { data } = object;
  if (!isSecret(object) || !isBlock(data)) return object;
  const texts = Object.entries(data).map(([key, value]) => [
    key,
    Buffer.from(textOf(value), "base64").toString("utf8"),
  ]);
  return { ...object, stringData: Object.fromEntries(texts) as Values };
}

function isSecret({ apiVersion, kind }: Values): boolean {
  return apiVersion === "v1" && kind === "Secret";
}

function withoutKeys(values: Values, keys: readonly string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !keys.includes(key)));
}
