import { textAt } from "./read";
import { object, text, type Field, type Rule, type Values } from "./shape";

/**
 * A grant of one role to one principal on one thing. Additive: granting what is granted already succeeds, and every
 * change is a new grant. Deleting what it is granted on takes the grant along.
 */
export function memberRule(rule: {
  kind: string;
  api?: string;
  /** The inputs that name the thing. */
  on: Record<string, Field>;
  /** The thing's id. */
  onId: (inputs: Values) => string;
}): Rule {
  return {
    kind: rule.kind,
    ...(rule.api ? { api: rule.api } : {}),
    id: (inputs) =>
      [
        rule.onId(inputs),
        textAt(inputs, "role"),
        textAt(inputs, "member"),
        ...(inputs["condition"]
          ? ["title", "description", "expression"].map((key) => textAt(inputs, "condition", key) ?? "")
          : []),
      ].join("/"),
    adopts: true,
    inputs: {
      ...rule.on,
      role: text({
        required: true,
        replaces: true,
        pattern: /^(roles|(projects|organizations)\/[^/]+\/roles)\/[A-Za-z0-9_.]+$/,
        rule: "a role such as roles/logging.logWriter",
      }),
      member: text({ required: true, replaces: true, principal: true }),
      condition: object(
        {
          title: text({ required: true, replaces: true }),
          description: text({ replaces: true }),
          expression: text({ required: true, replaces: true }),
        },
        { replaces: true },
      ),
    },
    computed: ["etag"],
    outputs: ({ id }, around) => ({ etag: Buffer.from(around.number(12, "etag", id)).toString("base64") }),
    takes: { create: 5, remove: 5 },
    source: "terraform-provider-google resource_iam_member",
  };
}

/** `projects/p/locations/l/keyRings/r/cryptoKeys/k`, given as that or as a self link. */
export const fullId = (value: string): string => value.slice(Math.max(0, value.indexOf("projects/")));
