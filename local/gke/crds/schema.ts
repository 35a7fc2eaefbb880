/**
 * The words in which the schemas of GKE's own kinds are written: OpenAPI as Kubernetes takes it. Every object lists
 * its fields, so that an unknown one is refused under strict validation.
 */
export interface Schema {
  readonly type?: "string" | "integer" | "number" | "boolean" | "object" | "array";
  readonly default?: unknown;
  readonly [keyword: string]: unknown;
}

type Facts = Readonly<Record<string, unknown>>;

export const text = (facts: Facts = {}): Schema => ({ type: "string", ...facts });
export const integer = (minimum: number, maximum: number, facts: Facts = {}): Schema => ({
  type: "integer",
  format: "int64",
  minimum,
  maximum,
  ...facts,
});
export const flag = (facts: Facts = {}): Schema => ({ type: "boolean", ...facts });
export const oneOf = (values: readonly string[], facts: Facts = {}): Schema =>
  text({ enum: values, ...facts });

export const object = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly (keyof typeof properties)[] = [],
  facts: Facts = {},
): Schema => ({ type: "object", properties, ...(required.length > 0 && { required }), ...facts });

export const list = (items: Schema, maxItems: number, facts: Facts = {}): Schema => ({
  type: "array",
  items,
  maxItems,
  ...facts,
});

/** A list that is merged by one of its members' fields. */
export const listBy = (key: string, items: Schema, maxItems: number, facts: Facts = {}): Schema =>
  list(items, maxItems, { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key], ...facts });

/** A map of texts, as labels are. */
export const texts = (maxProperties: number): Schema => ({
  type: "object",
  additionalProperties: text({ maxLength: 4096 }),
  maxProperties,
});

/** Rules in the Common Expression Language, with what is said when one does not hold. */
export const rules = (...pairs: readonly (readonly [rule: string, message: string])[]): Facts => ({
  "x-kubernetes-validations": pairs.map(([rule, message]) => ({ rule, message })),
});

/** The conditions of a status. */
export const conditions = (): Schema =>
  listBy(
    "type",
    object(
      {
        type: text({ maxLength: 316 }),
        status: oneOf(["True", "False", "Unknown"]),
        observedGeneration: integer(0, Number.MAX_SAFE_INTEGER),
        lastTransitionTime: text({ format: "date-time" }),
        reason: text({ minLength: 1, maxLength: 1024 }),
        message: text({ maxLength: 32768 }),
      },
      ["type", "status", "lastTransitionTime", "reason", "message"],
    ),
    16,
  );

/** A selector as Kubernetes has it. */
export const selector = (): Schema =>
  object({
    matchLabels: texts(64),
    matchExpressions: list(
      object(
        {
          key: text(),
          operator: oneOf(["In", "NotIn", "Exists", "DoesNotExist"]),
          values: list(text(), 64),
        },
        ["key", "operator"],
      ),
      64,
    ),
  });
