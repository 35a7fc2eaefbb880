import { z } from "zod";

import { noPlan, planDocument, planDocumentOf } from "../plan/document";
import type { Plan } from "../plan/plan";
import { type FailedComparison, isRefused, type StackComparison } from "./comparison";
import type { Heading } from "./text";

const stack = planDocument.extend({
  stack: z.string(),
  status: z
    .enum(["unchanged", "changed", "refused", "new", "gone", "failed"])
    .describe(
      "refused: up would come to an end at what is guarded. gone: only the base has its settings file, which destroys nothing. failed: there is no plan",
    ),
  message: z.string().optional().describe("Of a failed one: why"),
  refusals: z.array(z.string()).describe("The engine's own words on what is protected"),
});

/** The document that `platform preview --json` prints. */
export const previewDocument = z.strictObject({
  version: z.literal(1).describe("Raised when a reader would have to change"),
  base: z.strictObject({
    ref: z.string().describe("What --base named"),
    commit: z.string().describe("Where HEAD left it: full hash"),
    subject: z.string(),
  }),
  head: z.strictObject({ edited: z.boolean().describe("Whether files differ from the commit they are at") }),
  stacks: z.array(stack),
});

/** The JSON schema of that document. */
export function previewSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(previewDocument, { target: "draft-7" }),
    title: "What a change does to every stack",
  };
}

export type PreviewDocument = z.infer<typeof previewDocument>;
type StackDocument = PreviewDocument["stacks"][number];

/** The comparisons as the document that `--json` prints. */
export function documentOf(
  { base, edited }: Heading,
  comparisons: readonly (StackComparison | FailedComparison)[],
): PreviewDocument {
  return {
    version: 1,
    base: { ref: base.ref, commit: base.hash, subject: base.subject },
    head: { edited },
    stacks: comparisons.map(stackDocument),
  };
}

function stackDocument(one: StackComparison | FailedComparison): StackDocument {
  const { stack } = one;
  if ("message" in one) return { stack, status: "failed", message: one.message, refusals: [], ...noPlan };
  const { plan, refusals } = one;
  if (!plan) return { stack, status: "gone", refusals: [], ...noPlan };
  return { stack, status: statusOf(one, plan), refusals: [...refusals], ...planDocumentOf(plan) };
}

function statusOf(one: StackComparison, plan: Plan): StackDocument["status"] {
  if (isRefused(one)) return "refused";
  if (!one.inBase) return "new";
  return plan.changes.length + plan.outputs.length > 0 ? "changed" : "unchanged";
}
