import { setTimeout as pause } from "node:timers/promises";

import { CommandFailure, Interrupted } from "../failure";

/** Until when something may take, and whether somebody wants it to stop before. */
export class Deadline {
  private readonly end: number;

  constructor(
    private readonly minutes: number,
    /** Absent where nothing may be left half done. */
    private readonly stop?: AbortSignal,
  ) {
    this.end = Date.now() + minutes * 60_000;
  }

  /**
   * Waits before the next look.
   *
   * @throws CommandFailure when the time is over; Interrupted when somebody asked to stop
   */
  async pause(seconds: number, what: string): Promise<void> {
    this.check(what);
    await pause(seconds * 1000, undefined, this.stop && { signal: this.stop }).catch(() => undefined);
    this.check(what);
  }

  /** @throws as `pause` does. */
  check(what: string): void {
    if (this.stop?.aborted) throw new Interrupted(`interrupted while ${what}`);
    if (Date.now() > this.end) throw new CommandFailure(`${this.minutes} minutes are over while ${what}`);
  }
}
