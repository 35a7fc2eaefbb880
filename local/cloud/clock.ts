import { setTimeout as wait } from "node:timers/promises";

/** The pace of an emulated cloud: how long its seconds are here. */
export class Clock {
  /** @param scale seconds here for one second there; 0 makes everything immediate */
  constructor(private readonly scale: number) {}

  async pass(seconds: number): Promise<void> {
    const milliseconds = seconds * this.scale * 1000;
    if (milliseconds > 0) await wait(milliseconds);
  }
}
