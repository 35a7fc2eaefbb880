import type { Values } from "../cloud/rules/shape";

/** The resource that a call is about. */
export interface Subject {
  readonly urn: string;
  /** Type token after the package: `compute/network:Network`. */
  readonly kind: string;
  /** Name in the program, the last part of the URN. */
  readonly name: string;
}

export interface CheckResult {
  readonly inputs: Values;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export type ChangeKind = "add" | "update" | "delete";

export interface Change {
  readonly kind: ChangeKind;
  readonly replaces: boolean;
  /**
   * Whether what differs is an output, from what it would be now.
   * @default false, it is an input
   */
  readonly output?: boolean;
}

/** What differs between two versions of a resource. */
export interface Difference {
  /** Property path (`settings.tier`) to what happens there. */
  readonly changes: ReadonlyMap<string, Change>;
  readonly deleteBeforeReplace: boolean;
}

export interface Made {
  readonly id: string;
  readonly outputs: Values;
}

export interface Found extends Made {
  readonly inputs: Values;
}

/** What the engine keeps of a resource. */
export interface State {
  readonly inputs: Values;
  readonly outputs: Values;
}

/** How long a call may take, and when nobody waits for it any more. */
export interface Patience {
  /** Seconds from the program's `customTimeouts`; absent: the resource's own default. */
  readonly timeoutSeconds?: number;
  /** Aborted when the engine is told to stop, and when it is gone. */
  readonly signal: AbortSignal;
}

/**
 * The resource is there and not what it should be, after it was made or changed, or when it is read: it stays in the
 * state, with the reasons.
 */
export class NotInitialised extends Error {
  public override readonly name = "NotInitialised";

  constructor(
    message: string,
    readonly found: Found,
    readonly reasons: readonly string[],
  ) {
    super(message);
  }
}

type Awaitable<T> = T | Promise<T>;

/** What a Pulumi provider does, in plain values; one instance has one configuration. */
export interface Provider {
  check(subject: Subject, inputs: Values, old: Values | undefined, seed: Uint8Array): Awaitable<CheckResult>;
  diff(subject: Subject, old: State, inputs: Values): Awaitable<Difference>;
  /** In a preview there is no id yet, and what only the cloud knows is unknown. */
  preview(subject: Subject, inputs: Values, old?: State): Awaitable<Values>;
  /** @throws NotInitialised */
  create(subject: Subject, inputs: Values, patience: Patience): Promise<Made>;
  /** @throws NotInitialised */
  update(subject: Subject, id: string, inputs: Values, old: State, patience: Patience): Promise<Values>;
  remove(subject: Subject, id: string, state: State, patience: Patience): Promise<void>;
  /**
   * The resource as it is, or undefined when it is gone.
   *
   * @throws NotInitialised when it is there and not what it should be
   */
  read(subject: Subject, id: string, state: State): Promise<Found | undefined>;
}

/** The engine that a provider works for, as far as the provider may speak to it. */
export interface Engine {
  /** Shows a warning beside a resource. */
  warn(urn: string, message: string): Promise<void>;
}

/** A package of resources: how its configuration is compared, and what it makes of one. */
export interface Package {
  readonly name: string;
  readonly version: string;
  configure(config: Values, engine: Engine): Awaitable<Provider>;
  /** Whether another configuration is another provider, so that all it made must be made anew. */
  replacedBy(old: Values, next: Values): readonly string[];
}
