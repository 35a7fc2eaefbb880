/** The stacks that live for good, in the order in which the first ones come up. */
export const longLivedStacks = ["ci", "popups", "staging", "production"] as const;

/** The stack that makes what pop-ups share. */
export const popupsBase = "popups";

const popupPrefix = "popup-";

/** Whether `name` may be a pop-up's stack: `popup-` and 3 to 16 lower case letters, digits and dashes. */
export function isPopup(name: string): boolean {
  return /^popup-[a-z](?:[a-z0-9]|-(?!-)){1,14}[a-z0-9]$/.test(name);
}

/** Why `name` is no stack of this program, or undefined when it is one. */
export function stackNameProblem(name: string): string | undefined {
  if ((longLivedStacks as readonly string[]).includes(name) || isPopup(name)) return undefined;
  const allowed = `${longLivedStacks.join(", ")}, or ${popupPrefix}NAME`;
  return name.startsWith(popupPrefix)
    ? `${JSON.stringify(name)} is no name for a pop-up; after ${popupPrefix} come 3 to 16 lower case letters, digits and single dashes, starting with a letter and not ending with a dash`
    : `${JSON.stringify(name)} is no stack of this program; allowed: ${allowed}`;
}
