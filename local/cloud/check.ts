import type {
  Field,
  Fields,
  ListField,
  MapField,
  NumberField,
  TextField,
  Value,
  Values,
} from "./rules/shape";

/** One thing that is wrong with the inputs of a resource. */
export interface Problem {
  /** Where, as a property path: `settings.backupConfiguration.startTime`. */
  readonly path: string;
  readonly reason: string;
}

/** Whether a value is only known later; such a value is right until it is known. */
export type IsUnknown = (value: Value) => boolean;

/** Everything that is wrong with `values` by the rules of their fields; a field without a rule is wrong too. */
export function problemsOf(fields: Fields, values: Values, isUnknown: IsUnknown, path = ""): Problem[] {
  const at = (name: string) => (path === "" ? name : `${path}.${name}`);
  const unruled = Object.keys(values)
    .filter((name) => !(name in fields) && values[name] !== undefined && values[name] !== null)
    .map((name) => ({
      path: at(name),
      reason: `the emulated cloud has no rule for this input; it knows ${Object.keys(fields).join(", ")}`,
    }));
  const ruled = Object.entries(fields).flatMap(([name, field]) => {
    const value = values[name];
    if (value === undefined || value === null) {
      return field.required ? [{ path: at(name), reason: "it is required" }] : [];
    }
    return problemsWith(field, value, isUnknown, at(name));
  });
  return [...unruled, ...ruled];
}

function problemsWith(field: Field, value: Value, isUnknown: IsUnknown, path: string): Problem[] {
  if (isUnknown(value)) return [];
  const wrong = (reason: string) => [{ path, reason: `${reason}, not ${JSON.stringify(value)}` }];
  switch (field.type) {
    case "text":
      return typeof value === "string" ? textProblems(field, value, wrong) : wrong("it must be a text");
    case "number":
      return typeof value === "number" ? numberProblems(field, value, wrong) : wrong("it must be a number");
    case "flag":
      return typeof value === "boolean" ? [] : wrong("it must be true or false");
    case "object":
      return isBlock(value) ? problemsOf(field.fields, value, isUnknown, path) : wrong("it must be a block");
    case "list":
      return Array.isArray(value) ? listProblems(field, value, isUnknown, path) : wrong("it must be a list");
    case "map":
      return isBlock(value) ? mapProblems(field, value, isUnknown, path) : wrong("it must be a map");
  }
}

function textProblems(field: TextField, value: string, wrong: (reason: string) => Problem[]): Problem[] {
  if (field.values && !field.values.includes(value))
    return wrong(`it must be one of ${field.values.join(", ")}`);
  if (field.pattern && !field.pattern.test(value))
    return wrong(`it must be ${field.rule ?? String(field.pattern)}`);
  if (field.maxLength !== undefined && value.length > field.maxLength) {
    return wrong(`it must be at most ${field.maxLength} characters`);
  }
  return [];
}

function numberProblems(field: NumberField, value: number, wrong: (reason: string) => Problem[]): Problem[] {
  if (field.values && !field.values.includes(value))
    return wrong(`it must be one of ${field.values.join(", ")}`);
  if (field.min !== undefined && value < field.min) return wrong(`it must be at least ${field.min}`);
  if (field.max !== undefined && value > field.max) return wrong(`it must be at most ${field.max}`);
  return [];
}

function listProblems(field: ListField, values: Value[], isUnknown: IsUnknown, path: string): Problem[] {
  const long =
    field.maxItems !== undefined && values.length > field.maxItems
      ? [{ path, reason: `it has ${values.length} entries; at most ${field.maxItems} are allowed` }]
      : [];
  return [
    ...long,
    ...values.flatMap((value, index) => problemsWith(field.of, value, isUnknown, `${path}[${index}]`)),
  ];
}

function mapProblems(field: MapField, values: Values, isUnknown: IsUnknown, path: string): Problem[] {
  return Object.entries(values).flatMap(([key, value]) => [
    ...(field.keyPattern && !field.keyPattern.test(key)
      ? [{ path, reason: `the key ${JSON.stringify(key)} must match ${String(field.keyPattern)}` }]
      : []),
    ...problemsWith(field.of, value, isUnknown, `${path}.${key}`),
  ]);
}

/** A value with named parts: an object or a map, not a list. */
export function isBlock(value: Value | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
