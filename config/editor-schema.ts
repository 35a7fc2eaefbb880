import { z } from "zod";

import { releasesFile } from "./releases";
import { serviceEntry } from "./service";
import { namespace, secretKeys, settingsOf } from "./settings";

/** A JSON schema, of the draft that editors understand. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const draft = "http://json-schema.org/draft-07/schema#";
const environmentKey = `${namespace}:environment`;

/** What an editor completes and checks in `Pulumi.STACK.yaml`: the settings of either kind of environment. */
export function stackSchema(): JsonSchema {
  const environments = Object.keys(settingsOf);
  return {
    $schema: draft,
    title: "Settings of a stack",
    type: "object",
    properties: {
      secretsprovider: { type: "string", description: "Key that encrypts the values after `secure:`." },
      config: {
        type: "object",
        required: [environmentKey],
        properties: { [environmentKey]: { enum: environments, description: "Kind of environment." } },
        allOf: environments.map((environment) => ({
          if: { properties: { [environmentKey]: { const: environment } }, required: [environmentKey] },
          then: { $ref: `#/definitions/${environment}` },
        })),
      },
    },
    required: ["config"],
    definitions: Object.fromEntries(
      Object.entries(settingsOf).map(([environment, schema]) => [environment, configBlock(schema)]),
    ),
  };
}

/** What an editor completes and checks in `catalog/services/SERVICE.yaml`. */
export function serviceSchema(): JsonSchema {
  return { ...jsonSchemaOf(serviceEntry), title: "What a microservice needs" };
}

/** What an editor completes and checks in `catalog/releases/STACK.yaml`. */
export function releasesSchema(): JsonSchema {
  return { ...jsonSchemaOf(releasesFile), title: "Which version of each service runs" };
}

interface ObjectSchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
}

/** The settings as keys of a stack's `config:`, where other namespaces stand beside ours. */
function configBlock(schema: z.ZodType): JsonSchema {
  const { properties, required } = jsonSchemaOf(schema);
  const qualified = (key: string) => `${namespace}:${key}`;
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [
        qualified(key),
        secretKeys.includes(key) ? encrypted(value) : value,
      ]),
    ),
    required: required.map(qualified),
    patternProperties: { [`^(?!${namespace}:)`]: {} },
    additionalProperties: false,
  };
}

/** Where a value may stand only encrypted. */
function encrypted({ description }: JsonSchema): JsonSchema {
  return {
    ...(description !== undefined && { description }),
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
    additionalProperties: false,
  };
}

function jsonSchemaOf(schema: z.ZodType): ObjectSchema {
  return z.toJSONSchema(schema, { target: "draft-7", io: "input" }) as unknown as ObjectSchema;
}
