import { findingsOf, type Judge, type Rule } from "../finding";
import { ownersPlaces } from "./presence";

const rule: Rule = {
  id: "owners-of-everything",
  holds: "CODEOWNERS names somebody for every file: a line that starts with *.",
};

export const ownerRules = [rule];

/** Whether every change has somebody who must agree to it. */
export const judgeOwners: Judge = (repository) => {
  const place = ownersPlaces.find((path) => repository.text(path) !== undefined);
  if (place === undefined) return [];
  const named = (repository.text(place) ?? "").split("\n").some((line) => /^\s*\*\s+@?\S+/.test(line));
  return named
    ? []
    : [findingsOf(rule)(place, "no line names owners of everything", "write one: * @acme/NAME-OF-THE-TEAM")];
};
