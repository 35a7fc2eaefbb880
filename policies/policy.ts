/** What policies are made of: pure rules over objects, each with the benchmarks that ask for it. */

/** An object as a cluster takes it: rendered from a chart, or made by the program. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

/** What is allowed where the objects go. */
export interface ClusterContext {
  /** What an image's name begins with, up to the last slash. */
  readonly images: readonly string[];
  /** Whether a node may be lost without anybody noticing: in staging and production, not in a pop-up. */
  readonly available: boolean;
}

export interface Violation {
  /** Number of the control. */
  readonly control: number;
  /** Kind and name, and the container where it is one of several. */
  readonly where: string;
  /** What is wrong, and what to do. */
  readonly problem: string;
}

export interface Policy<Subject, Context> {
  readonly control: number;
  /** What holds when there is no violation. */
  readonly title: string;
  /** CIS GKE (G), checkov (CKV_K8S) and others that ask for it. */
  readonly sources: readonly string[];
  readonly find: (subject: Subject, context: Context) => Finding[];
}

/** A violation of the policy that finds it. */
export type Finding = Omit<Violation, "control">;

/** Policies that look at all objects together: some ask whether there is another one. */
export type ClusterPolicy = Policy<readonly ClusterObject[], ClusterContext>;

export const nameOf = ({ kind, metadata }: ClusterObject) => `${kind} ${metadata.name}`;

/** What policies find, in their order. */
export function judge<Subject, Context>(
  policies: readonly Policy<Subject, Context>[],
  subject: Subject,
  context: Context,
): Violation[] {
  return policies.flatMap(({ control, find }) =>
    find(subject, context).map((finding) => ({ control, ...finding })),
  );
}
