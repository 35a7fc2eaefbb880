import { describeEnd, type ManagedProcess, type ProcessArgs, type ProcessEnd, startProcess } from "./process";

/** A part of a control plane died; the message has the end of its log. */
export class ProcessDied extends Error {
  public override readonly name = "ProcessDied";

  constructor(readonly end: ProcessEnd) {
    super(describeEnd(end));
  }
}

/** Processes that need each other: they are stopped in the reverse order of their start, and when one dies all go. */
export class ProcessGroup {
  private readonly processes: ManagedProcess[] = [];
  private stopping: Promise<void> | undefined;
  private finish: (death: ProcessDied | undefined) => void = () => undefined;

  /** Settles when none is left: with the death that ended them, or with nothing when they were told to stop. */
  readonly ended = new Promise<ProcessDied | undefined>((resolve) => {
    this.finish = resolve;
  });

  start(args: ProcessArgs): void {
    // It would be left over; whoever waits for it learns from `until` why it is not there.
    if (this.stopping) return;
    const process = startProcess(args);
    this.processes.push(process);
    void process.ended.then((end) => {
      if (!this.stopping) void this.die(new ProcessDied(end));
    });
  }

  get pids(): number[] {
    return this.processes.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /** Waits until a condition holds; throws when a process dies meanwhile, or the time is over. */
  async until(what: string, condition: () => boolean | Promise<boolean>, seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await condition())) {
      if (this.stopping) throw (await this.ended) ?? new Error(`stopped before ${what}`);
      if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.stopping ??= (async () => {
      // At once, an API server whose etcd is gone would hang for a minute.
      for (const process of this.processes.toReversed()) await process.stop();
      this.finish(undefined);
    })();
    await this.stopping;
  }

  private async die(death: ProcessDied): Promise<void> {
    // What is left works on nothing, so there is no order to keep.
    this.stopping = Promise.all(this.processes.map((process) => process.stop("SIGKILL"))).then(
      () => undefined,
    );
    await this.stopping;
    this.finish(death);
  }
}
