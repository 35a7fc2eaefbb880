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
  /** Starts what belongs to every control plane; called again after each restart and each change of the cluster. */
  readonly attend: (control: ControlPlane, resource: Resource) => Promise<readonly Attendant[]>;
  readonly onError: (error: unknown) => void;
}

/** Milliseconds before a control plane that died is started again. */
const restartMilliseconds = 1_000;

/** Deaths and failed starts in a row after which it is left dead: another start does not mend what is wrong. */
const mostDeaths = 5;

/** Milliseconds of life after which a death is not in a row with those before. */
const fullLifeMilliseconds = 60_000;

/** A control plane that is kept running: like GKE's, it comes back when a part of it dies. */
export class RunningCluster {
  private resource: Resource;
  private attended: readonly Attendant[] = [];
  private running: ControlPlane | undefined;
  private deaths = 0;
  /** Starts, restarts and changes, one after the other. */
  private work: Promise<unknown> = Promise.resolve();
  private readonly stopped = new AbortController();

  constructor(private readonly args: RunningClusterArgs) {
    this.resource = args.resource;
  }

  /** Its control plane, or undefined while it is being started, and when it is left dead. */
  get control(): ControlPlane | undefined {
    return this.running;
  }

  get hostName(): string {
    return this.args.hostName;
  }

  /** Whether it runs, or is going to. */
  get isAlive(): boolean {
    return this.deaths < mostDeaths && !this.stopped.signal.aborted;
  }

  /** Starts its control plane and what attends it; when one of them fails, nothing of it runs. */
  start(): Promise<void> {
    return this.next(() => this.begin());
  }

  /** Starts it as often as a control plane that died, in the background. */
  revive(): void {
    void this.next(() => this.restart()).catch(this.args.onError);
  }

  /** Goes on with the cluster as it is now. */
  change(resource: Resource): Promise<void> {
    this.resource = resource;
    return this.next(async () => {
      const { running } = this;
      if (!running || this.stopped.signal.aborted) return;
      await this.leave();
      try {
        this.attended = await this.args.attend(running, this.resource);
      } catch (error) {
        // Without its attendants it is half a cluster; another start may do better.
        this.running = undefined;
        await running.stop();
        this.fail(error);
        this.revive();
      }
    });
  }

  /** Stops everything in its order; the folder keeps what is needed to start again. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.work;
    await this.leave();
    await this.running?.stop();
    this.running = undefined;
  }

  /** Stops it for ever: nothing of it is left. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.args.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private next<T>(run: () => Promise<T>): Promise<T> {
    const done = this.work.then(run);
    this.work = done.catch(() => undefined);
    return done;
  }

  private async begin(): Promise<void> {
    const { signal } = this.stopped;
    const { folder, programs, hostName, attend } = this.args;
    signal.throwIfAborted();
    const control = await startControlPlane({ folder, programs, hostNames: [hostName], signal });
    this.running = control;
    try {
      this.attended = await attend(control, this.resource);
    } catch (error) {
      this.running = undefined;
      await control.stop();
      throw error;
    }
    const began = Date.now();
    void control.ended.then((death) => {
      if (!death || signal.aborted) return;
      if (Date.now() - began > fullLifeMilliseconds) this.deaths = 0;
      this.running = undefined;
      this.fail(death);
      this.revive();
    });
  }

  private async restart(): Promise<void> {
    const { signal } = this.stopped;
    await this.leave();
    while (this.isAlive) {
      await wait(restartMilliseconds, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.begin();
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.fail(error);
      }
    }
  }

  private fail(error: unknown): void {
    this.deaths += 1;
    this.args.onError(error);
    if (this.isAlive) return;
    this.args.onError(
      new Error(
        `${this.resource.id} is left dead after ${mostDeaths} failures in a row; the logs of its parts are in ${this.args.folder}/logs`,
      ),
    );
  }

  private async leave(): Promise<void> {
    const attended = this.attended;
    this.attended = [];
    for (const attendant of attended.toReversed()) await attendant.stop();
  }
}
