import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import type { Fault } from "../cloud/faults";
import type { JournalEntry } from "../cloud/journal";
import type { Project, Resource } from "../cloud/rules/shape";
import type { Census } from "../gke/census";
import type { RepositoryChart } from "../providers/kubernetes/releases/absent-charts";
import type { ChartName } from "../registry/artifact-registry";
import type { Address, ChartFile, Charts, ChartsAnswer } from "./control";
import { type Layout, layoutOf } from "./layout";
import { ownerOf } from "./claim";
import type { Level } from "./level";
import { commandOf, isRunning } from "./process";

/** Longest start of a world, in milliseconds: it loads a program and starts its clusters, nothing is built. */
const startMilliseconds = 120_000;

/** Longest wait for an answer, in milliseconds: none takes long. An owner that is stopped or stuck gives none. */
const answerMilliseconds = 5_000;

/** Longest wait for an answer of the registry, in milliseconds: it may have to be started first. */
const registryMilliseconds = 60_000;

/** A world as a command sees it: an address to ask at. */
export class WorldClient {
  private constructor(
    readonly layout: Layout,
    private readonly address: Address,
  ) {}

  /**
   * Connects to the world in a folder, starting its owner when none runs; releases of the charts that `mayBeAbsent` are
   * recorded as absent by a world that is started so, where their repository cannot be reached.
   */
  static async start(
    folder: string,
    scale = 0,
    level: Level = "plan",
    mayBeAbsent: readonly RepositoryChart[] = [],
  ): Promise<WorldClient> {
    const running = await WorldClient.find(folder);
    if (running) return running;
    mkdirSync(folder, { recursive: true });
    const layout = layoutOf(folder);
    const log = openSync(layout.log, "a");
    const owned = [folder, String(scale), level, JSON.stringify(mayBeAbsent)];
    const startOwner = () =>
      spawn(
        process.execPath,
        ["--import", "tsx", join(__dirname, "owner.ts"), ...owned],
        // It outlives the command, so it shares no terminal and no group with it.
        { cwd: join(__dirname, "..", ".."), detached: true, stdio: ["ignore", log, log] },
      );
    let owner = startOwner();
    owner.unref();
    const deadline = Date.now() + startMilliseconds;
    while (Date.now() < deadline) {
      const started = await WorldClient.find(folder);
      if (started) return started;
      if (owner.signalCode !== null || (owner.exitCode ?? 0) !== 0) break;
      // Another owner was there: it answers soon, or it is just ending, and then a new one is wanted.
      if (owner.exitCode === 0 && !isRunning(ownerOf(folder) ?? 0)) {
        owner = startOwner();
        owner.unref();
      }
      await wait(50);
    }
    throw new Error(
      `the local world did not start; its log says:\n${readFileSync(layout.log, "utf8").trim()}`,
    );
  }

  /** Connects to the world in a folder, or undefined when nobody owns it. */
  static async find(folder: string): Promise<WorldClient | undefined> {
    const layout = layoutOf(folder);
    if (!existsSync(layout.address)) return undefined;
    const address = JSON.parse(readFileSync(layout.address, "utf8")) as Address;
    if (!isRunning(address.pid)) return undefined;
    const client = new WorldClient(layout, address);
    const healthy = await client.ask<{ pid: number }>("GET", "/health").catch(() => undefined);
    return healthy?.pid === address.pid ? client : undefined;
  }

  get pid(): number {
    return this.address.pid;
  }

  get level(): Level {
    return this.address.level;
  }

  /** Address of the proxy that leads to the clusters, where they are real. */
  get proxyUrl(): string | undefined {
    return this.address.proxyUrl;
  }

  get providers(): Readonly<Record<string, number>> {
    return this.address.providers;
  }

  /** Makes projects known, as a bootstrap would have made them. */
  async register(projects: readonly Project[]): Promise<void> {
    await this.ask("POST", "/projects", projects);
  }

  resources(): Promise<Resource[]> {
    return this.ask("GET", "/resources");
  }

  /** What is in each real cluster, by the id of the emulated one. */
  clusters(): Promise<Record<string, Census>> {
    return this.ask("GET", "/clusters");
  }

  journal(): Promise<JournalEntry[]> {
    return this.ask("GET", "/journal");
  }

  /** The id of what a program described with this type and these inputs, or undefined when it does not exist. */
  async locate(
    type: string,
    inputs: Record<string, unknown>,
    configuration: Record<string, unknown> = {},
  ): Promise<string | undefined> {
    const about = { type, inputs, configuration };
    return (await this.ask<string | null>("POST", "/locate", about)) ?? undefined;
  }

  /** Whether objects of clusters that are gone are forgotten, until it is taken back or this process is gone. */
  async forgetUnreachable(forget: boolean): Promise<void> {
    await this.ask("POST", "/unreachable", { pid: process.pid, forget });
  }

  /** Makes the world look in this folder first for charts, as long as its process runs. */
  async useChartMirror(folder: string): Promise<void> {
    await this.ask("POST", "/charts/mirror", { folder });
  }

  /** Which of these charts are not in a repository. */
  missingCharts(wanted: Charts<ChartName>): Promise<ChartsAnswer> {
    return this.ask("POST", "/charts/missing", wanted, registryMilliseconds);
  }

  /** Puts charts into a repository that are not there, and says which it has put there. */
  publishCharts(charts: Charts<ChartFile>): Promise<ChartsAnswer> {
    return this.ask("POST", "/charts", charts, registryMilliseconds);
  }

  async addFaults(faults: readonly Fault[]): Promise<void> {
    await this.ask("POST", "/faults", faults);
  }

  async clearFaults(): Promise<void> {
    await this.ask("DELETE", "/faults");
  }

  /** Calls that hang now by a planned fault. */
  async hanging(): Promise<number> {
    return (await this.ask<{ hanging: number }>("GET", "/faults")).hanging;
  }

  /** Stops the owner and waits until it is gone; the folder stays. */
  async stop(): Promise<void> {
    await this.ask("POST", "/stop").catch(() => undefined);
    await ended(this.pid);
  }

  /** Ends whoever owns the world in a folder, whether it answers or not. */
  static async end(folder: string): Promise<void> {
    await (await WorldClient.find(folder))?.stop();
    const owner = ownerOf(folder);
    if (owner === undefined || !isRunning(owner) || !commandOf(owner).includes(folder)) return;
    process.kill(owner, "SIGTERM");
    await ended(owner);
  }

  private async ask<T>(
    method: string,
    path: string,
    body?: unknown,
    patience = answerMilliseconds,
  ): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.address.port}${path}`, {
      method,
      signal: AbortSignal.timeout(patience),
      headers: { authorization: `Bearer ${this.address.token}`, connection: "close" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the local world refused ${method} ${path}: ${response.status}`);
    return (await response.json()) as T;
  }
}

/** Longest farewell of a world, in milliseconds: its control planes are stopped in an order. */
const stopMilliseconds = 60_000;

/** Waits until a process is gone, and helps when it takes too long. */
async function ended(pid: number): Promise<void> {
  const deadline = Date.now() + stopMilliseconds;
  while (isRunning(pid) && Date.now() < deadline) await wait(50);
  if (isRunning(pid)) process.kill(pid, "SIGKILL");
}
