import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

import type { Resource } from "../cloud/rules/shape";
import { type ControlPlane, startControlPlane } from "../clusters/control-plane";
import type { Programs } from "../clusters/programs";

/** What else runs while a control plane does: it is started after it and ended before it. */
export interface Attendant {
  stop(): Promise<void>;
}

export interface RunningClusterArgs {
  /** Holds everything of its control plane. */
  readonly folder: string;
  readonly programs: Programs;
  /** The emulated `container/cluster:Cluster`. */
  readonly resource: Resource;
  readonly hostName: string;
  /** Starts what belongs to every control plane; called again after each restart. */
  readonly attend: (control: ControlPlane) => Promise<readonly Attendant[]>;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds before a control plane that died is started again. */
const restartMilliseconds = 1_000;

/** Deaths in a row after which it is left dead: something is wrong that another start does not mend. */
const mostDeaths = 5;

/** A control plane that is kept running: like GKE's, it comes back when a part of it dies. */
export class RunningCluster {
  private attended: readonly Attendant[] = [];
  private running: ControlPlane | undefined;
  private restarting: Promise<void> | undefined;
  private readonly stopped = new AbortController();

  constructor(private readonly args: RunningClusterArgs) {}

  /** Its control plane, or undefined while it is being started again. */
  get control(): ControlPlane | undefined {
    return this.running;
  }

  get hostName(): string {
    return this.args.hostName;
  }

  /** Stops everything in its order; the folder keeps what is needed to start again. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.restarting;
    await this.leave();
    await this.running?.stop();
    this.running = undefined;
  }

  /** Stops it for ever: nothing of it is left. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.args.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts its control plane and what attends it; both are stopped again when one of them fails. */
  async start(): Promise<void> {
    const { folder, programs, hostName, attend } = this.args;
    const control = await startControlPlane({ folder, programs, hostNames: [hostName] });
    this.running = control;
    try {
      this.attended = await attend(control);
    } catch (error) {
      await control.stop();
      this.running = undefined;
      throw error;
    }
    void control.ended.then((death) => {
      if (!death || this.stopped.signal.aborted) return;
      this.args.onError(death);
      this.restarting = this.restart();
    });
  }

  private async restart(): Promise<void> {
    this.running = undefined;
    await this.leave();
    for (let tries = 0; tries < mostDeaths && !this.stopped.signal.aborted; tries += 1) {
      await wait(restartMilliseconds, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      if (this.stopped.signal.aborted) return;
      try {
        await this.start();
        return;
      } catch (error) {
        this.args.onError(error);
      }
    }
  }

  private async leave(): Promise<void> {
    const attended = this.attended;
    this.attended = [];
    for (const attendant of attended.toReversed()) await attendant.stop();
  }
}
