import { z } from "zod";

import type { Plan, ResourceChange } from "./plan";

const property = z
  .strictObject({
    path: z.string().describe("Property path, such as nodeConfig.machineType"),
    old: z.unknown().optional().describe("Absent where there was none; [secret] for what is secret"),
    new: z
      .unknown()
      .optional()
      .describe("Absent where there will be none; [secret], or [known after up] for what only the up tells"),
    replaces: z.boolean().describe("Whether this one makes a new resource instead of changing the old"),
  })
  .meta({ id: "property" });

const change = z.strictObject({
  urn: z.string().describe("The engine's name of the resource"),
  type: z.string(),
  name: z.string(),
  action: z
    .enum(["delete", "replace", "update", "create", "same"])
    .describe("What the engine does with it; same only where it loses its protection"),
  because: z.array(z.string()).describe("What forces a replacement: inputs, or provider"),
  oldFirst: z
    .boolean()
    .optional()
    .describe("Of a replacement: whether the old one is deleted before the new one is there"),
  loses: z.string().optional().describe("What is lost with it, in words; absent where it holds nothing"),
  protectedBefore: z.boolean(),
  protectedAfter: z.boolean(),
  losesGuard: z
    .boolean()
    .describe("Whether a guard is off afterwards: protection, deletion protection or policy, a last backup"),
  refusedBy: z
    .enum(["engine", "provider"])
    .optional()
    .describe("Who makes the up fail: the engine before anything is done, the provider at the deletion"),
  properties: z
    .array(property)
    .describe("Inputs that differ, and outputs that an update is for; of a new resource all inputs"),
});

/** A plan in the documents that commands print with `--json`. */
export const planDocument = z.strictObject({
  counts: z.record(z.string(), z.number().int()).describe("Number of resources by action"),
  unchanged: z.number().int().describe("Number of resources that stay as they are"),
  changes: z.array(change).describe("The most dangerous first"),
  outputs: z.array(property).describe("Outputs of the stack that differ"),
  warnings: z.array(z.string()),
});

export type PlanDocument = z.infer<typeof planDocument>;

/** What a document says where there is no plan. */
export const noPlan: PlanDocument = { counts: {}, unchanged: 0, changes: [], outputs: [], warnings: [] };

/** A plan as documents show it. */
export function planDocumentOf(plan: Plan): PlanDocument {
  return {
    counts: countsOf(plan.changes),
    unchanged: plan.unchanged,
    changes: plan.changes.map(({ properties, because, ...rest }) => ({
      ...rest,
      because: [...because],
      properties: [...properties],
    })),
    outputs: [...plan.outputs],
    warnings: [...plan.warnings],
  };
}

function countsOf(changes: readonly ResourceChange[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of changes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
