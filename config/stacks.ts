/** The stacks that live for good, in the order in which the first ones come up. */
export const longLivedStacks = ["ci", "popups", "staging", "production"] as const;

/** The stack that makes what pop-ups share. */
export const popupsBase = "popups";

const popupPrefix = "popup-";

/**
 * Whether `name` may be a pop-up's stack: `popup-` and 3 to 15 lower case letters, digits and dashes.
 *
 * No longer, so that everything it makes carries its name whole, the accounts too (`config/names.ts`); and without the words
 * that come after a stack's name in those of its parts, so that no pop-up is called as a part of another.
 */
export function isPopup(name: string): boolean {
  return /^popup-(?!.*-(main|public)(-|$))[a-z](?:[a-z0-9]|-(?!-)){1,13}[a-z0-9]$/.test(name);
}

/** Why `name` is no stack of this program, or undefined when it is one. */
export function stackNameProblem(name: string): string | undefined {
  if ((longLivedStacks as readonly string[]).includes(name) || isPopup(name)) return undefined;
  const allowed = `${longLivedStacks.join(", ")}, or ${popupPrefix}NAME`;
  return name.startsWith(popupPrefix)
    ? `${JSON.stringify(name)} is no name for a pop-up; after ${popupPrefix} come 3 to 15 lower case letters, digits and single dashes, starting with a letter and not ending with a dash, and without the words main and public after a dash, as parts of a pop-up are called`
    : `${JSON.stringify(name)} is no stack of this program; allowed: ${allowed}`;
}
