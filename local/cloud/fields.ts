import { isBlock } from "./check";
import type { Field, Fields, TextField, Value, Values } from "./rules/shape";

/** One text somewhere in the inputs, with the rule it falls under. */
export interface Leaf {
  readonly field: TextField;
  readonly path: string;
  readonly value: string;
}

/** Every text in `values` that has a rule, nested ones included. */
export function textsIn(fields: Fields, values: Values): Leaf[] {
  return Object.entries(fields).flatMap(([name, field]) => textsOf(field, values[name], name));
}

function textsOf(field: Field, value: Value | undefined, path: string): Leaf[] {
  if (value === undefined || value === null) return [];
  switch (field.type) {
    case "text":
      return typeof value === "string" ? [{ field, path, value }] : [];
    case "object":
      return isBlock(value)
        ? textsIn(field.fields, value).map((leaf) => ({ ...leaf, path: `${path}.${leaf.path}` }))
        : [];
    case "list":
      return Array.isArray(value)
        ? value.flatMap((item, index) => textsOf(field.of, item, `${path}[${index}]`))
        : [];
    case "map":
      return isBlock(value)
        ? Object.entries(value).flatMap(([key, item]) => textsOf(field.of, item, `${path}.${key}`))
        : [];
    default:
      return [];
  }
}

/** A copy of `values` without what `drop` says, at any depth of the rules. */
export function without(fields: Fields, values: Values, drop: (field: Field) => boolean): Values {
  return mapFields(fields, values, (field, value) => (drop(field) ? undefined : value));
}

/** A copy of `values` in which what is secret by its rule is replaced by a mark. */
export function masked(fields: Fields, values: Values): Values {
  return mapFields(fields, values, (field, value) => (field.secret ? "(sensitive)" : value));
}

function mapFields(
  fields: Fields,
  values: Values,
  change: (field: Field, value: Value) => Value | undefined,
): Values {
  const entries = Object.entries(values).flatMap(([name, value]) => {
    const field = fields[name];
    if (!field) return [[name, value] as const];
    const changed = change(field, value);
    if (changed === undefined) return [];
    if (field.type === "object" && isBlock(changed)) {
      return [[name, mapFields(field.fields, changed, change)] as const];
    }
    return [[name, changed] as const];
  });
  return Object.fromEntries(entries);
}

/** `over` laid on `under`, block by block; lists and single values of `over` win whole. */
export function merged(under: Values, over: Values): Values {
  const result: Values = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = result[name];
    result[name] = isBlock(value) && isBlock(below) ? merged(below, value) : value;
  }
  return result;
}
