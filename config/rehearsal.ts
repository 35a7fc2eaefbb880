/**
 * Names of the instances that a rehearsal makes and takes away again. What no such name has, a rehearsal may not touch:
 * its account by a condition on the beginning, its command by the whole.
 */

/** What each begins with; no other instance does, since those begin with the name of a stack. */
export const rehearsalPrefix = "rehearsal-";

/** `rehearsal-STACK-SUFFIX`, with hex digits that no earlier one had: Google keeps a name for a week after its deletion. */
export function rehearsalName(stack: string, suffix: string): string {
  return `${rehearsalPrefix}${stack}-${suffix}`;
}

/** Whether an instance was made for a rehearsal of this stack, and not for one whose name begins with this stack's. */
export function isRehearsal(stack: string, instance: string): boolean {
  const beginning = rehearsalName(stack, "");
  return instance.startsWith(beginning) && /^[0-9a-f]{6}$/.test(instance.slice(beginning.length));
}
