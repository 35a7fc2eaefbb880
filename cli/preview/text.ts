import { oneLine, planText, severalLines, type TextOptions } from "../plan/text";
import type { FailedComparison, StackComparison } from "./comparison";
import type { Base } from "./repository";

/** What was compared with what. */
export interface Heading {
  readonly base: Base;
  /** Whether the files of the head differ from its commit. */
  readonly edited: boolean;
}

/** Two lines that say what is compared with what. */
export function headingText({ base, edited }: Heading): string {
  const { hash, subject, ref, movedOn } = base;
  return [
    `Base: ${hash.slice(0, 7)} "${oneLine(subject)}"${movedOn ? `, where HEAD left ${ref}` : ` (${ref})`}`,
    `Head: the files of this checkout${edited ? ", with what is not committed" : ""}`,
  ].join("\n");
}

/** What happens to one stack, for people. */
export function comparisonText(one: StackComparison | FailedComparison, options: TextOptions): string {
  if ("message" in one) return `${one.stack}: no plan: ${severalLines(one.message, 2)}`;
  const { stack, inBase, plan } = one;
  if (!plan) {
    return `${stack}: Pulumi.${stack}.yaml is gone; nothing is destroyed by that, what is deployed stays until \`pulumi destroy\``;
  }
  const text = planText(stack, plan, options);
  return inBase ? text : `${text.replace(`${stack}:`, `${stack}: a new stack,`)}`;
}
