import type { Call } from "./journal";

/** What goes wrong. */
export type Effect =
  | { readonly fail: { readonly status: number; readonly reason: string; readonly message: string } }
  /** The call is done, and the answer never comes until the faults are cleared. */
  | { readonly hang: true }
  /** The call is done, and the answer is 503 all the same. */
  | { readonly loseAnswer: true };

/** A plan for one thing to go wrong: from the `nth` matching call on, `times` times. */
export type Fault = Effect & {
  readonly call: Call;
  /** `container/cluster:Cluster`; absent: any. */
  readonly kind?: string;
  /** A part of the id; absent: any. */
  readonly id?: string;
  /** @default 1 */
  readonly nth?: number;
  /** @default 1 */
  readonly times?: number;
};

/** The things that are planned to go wrong in a world. */
export class Faults {
  private plan: { readonly fault: Fault; seen: number }[] = [];
  private waiting: (() => void)[] = [];

  add(...faults: readonly Fault[]): void {
    this.plan.push(...faults.map((fault) => ({ fault, seen: 0 })));
  }

  /** Ends the plan and lets every call go on that hangs. */
  clear(): void {
    this.plan = [];
    for (const release of this.waiting.splice(0)) release();
  }

  /** Counts a call and tells what is to happen to it. */
  strike(call: Call, kind: string, id: string): Effect | undefined {
    const hits = this.plan.filter(({ fault }) => concerns(fault, call, kind, id));
    for (const hit of hits) hit.seen += 1;
    return hits.find(({ fault, seen }) => {
      const first = fault.nth ?? 1;
      return seen >= first && seen < first + (fault.times ?? 1);
    })?.fault;
  }

  /** Waits until the plan is cleared. */
  async hang(): Promise<void> {
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Calls that hang now. */
  get hanging(): number {
    return this.waiting.length;
  }
}

function concerns(fault: Fault, call: Call, kind: string, id: string): boolean {
  return (
    fault.call === call &&
    (fault.kind === undefined || fault.kind === kind) &&
    (fault.id === undefined || id.includes(fault.id))
  );
}
