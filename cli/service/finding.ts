import type { ServiceRepository } from "./service-repository";

/** Something in a repository that does not keep to the guidelines. */
export interface Finding {
  /** The rule's id, as `platform service check --help` lists it. */
  readonly rule: string;
  /** File and, where it is known, the line: `Dockerfile:12`. */
  readonly place: string;
  /** What was found there. */
  readonly problem: string;
  /** What to do about it. */
  readonly fix: string;
}

/** One guideline for the repositories of services. */
export interface Rule {
  readonly id: string;
  /** What has to hold, as a sentence. */
  readonly holds: string;
}

/** Judges one part of a repository by some of the rules. */
export type Judge = (repository: ServiceRepository) => Finding[] | Promise<Finding[]>;

/** Findings of one rule, which all start from where they are. */
export function findingsOf(rule: Rule): (place: string, problem: string, fix: string) => Finding {
  return (place, problem, fix) => ({ rule: rule.id, place, problem, fix });
}
