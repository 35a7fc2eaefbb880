/** What one run of the engine took. */
export interface Sample {
  readonly ms: number;
  /** Peak resident memory of the program's process, in bytes. */
  readonly programBytes: number;
  /** The same of the engine's process; absent where the system does not tell. */
  readonly engineBytes?: number;
}

/** One operation, done by the program and by the bare engine: two samples for each round. */
export interface Comparison {
  readonly operation: string;
  /** Whether the aim for the ratio counts here. */
  readonly aimed: boolean;
  readonly own: readonly Sample[];
  readonly bare: readonly Sample[];
}

/** One stack with everything that was measured on it. */
export interface StackResult {
  readonly stack: string;
  /** As the engine counts: components, providers and the stack itself are resources too. */
  readonly resources: number;
  readonly comparisons: readonly Comparison[];
}

/** A stack with a generated catalogue. */
export interface GrowthResult extends StackResult {
  readonly services: number;
}

/** One measurement that is made of parts, in milliseconds; what no part has is the rest. */
export interface Breakdown {
  readonly total: number;
  readonly parts: readonly { readonly name: string; readonly ms: number }[];
}

/** The diff of a pull request, one breakdown for each round. */
export interface DiffResult {
  readonly cold: readonly Breakdown[];
  readonly cached: readonly Breakdown[];
}

/** One first `up` of a stack; what is in its cluster is known where that is real. */
export interface ClusterSample {
  readonly ms: number;
  readonly nodes?: number;
  /** Memory of its control plane, in bytes. */
  readonly bytes?: number;
}

/** One stack at both levels: two samples for each round. */
export interface ClusterResult {
  readonly stack: string;
  readonly plan: readonly ClusterSample[];
  readonly full: readonly ClusterSample[];
}

/** What the figures depend on besides the code. */
export interface Circumstances {
  /** ISO 8601 date. */
  readonly date: string;
  readonly command: string;
  readonly engineVersion: string;
  readonly nodeVersion: string;
  readonly sdkVersion: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** How many processes wanted a core when the measuring began, averaged over a minute. */
  readonly load: number;
}

export interface Results {
  readonly circumstances: Circumstances;
  readonly stacks: readonly StackResult[];
  readonly growth: readonly GrowthResult[];
  readonly diff?: DiffResult;
  readonly clusters?: readonly ClusterResult[];
}
