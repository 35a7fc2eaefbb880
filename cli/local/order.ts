import type { ChosenStack } from "./settings";

/**
 * Stacks in groups that come up one after the other. The registries and the accounts that deploy are made by ci, which
 * everybody refers to; what pop-ups share is made by their base.
 */
export function inOrder(stacks: readonly ChosenStack[]): ChosenStack[][] {
  const groups = [isCi, (stack: ChosenStack) => !isCi(stack) && !sharesNames(stack), sharesNames];
  return groups.map((isIn) => stacks.filter(isIn)).filter((group) => group.length > 0);
}

/** Whether a stack takes its names in the internet from those that others of its project share. */
export function sharesNames({ settings }: ChosenStack): boolean {
  return settings.environment === "delivery" && settings.gateway.shared !== undefined;
}

function isCi({ settings }: ChosenStack): boolean {
  return settings.environment === "ci";
}
