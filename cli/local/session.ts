import { statSync } from "node:fs";
import { join, resolve } from "node:path";

import type { ListrTask } from "listr2";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";

import type { Settings } from "../../config/settings";
import { EngineNotFound, findEngine } from "../../local/engine/find";
import { PluginNotFound, usePlugin } from "../../local/engine/plugins";
import { loginEnvironment } from "../../local/gke/access/login";
import type { Programs } from "../../local/clusters/programs";
import { WorldClient } from "../../local/world/client";
import { type Layout, layoutOf } from "../../local/world/layout";
import type { Level } from "../../local/world/level";
import type { StackPlace } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { progressOf, runTasks, type Terminal } from "../terminal";
import { mayBeAbsent } from "./absent-releases";
import { chooseLevel, type ChosenLevel } from "./level";
import { fillRegistry } from "./demo-charts";
import type { ChosenStack } from "./settings";

/** What every command about a local world is given. */
export interface LocalOptions extends Terminal {
  /** Name of the world. */
  readonly world: string;
  /** Seconds here for one second of the emulated cloud. */
  readonly scale: number;
  /** How real a world that is begun shall be. */
  readonly level?: Level;
  /**
   * The provider whose real plugin is used instead of the stand-in.
   * @default none
   */
  readonly real?: "kubernetes";
}

/** The checkout that this command belongs to. */
export const root = join(__dirname, "..", "..");

/** Where the world of this name lies, running or not. */
export function worldLayout(options: LocalOptions): Layout {
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(options.world)) {
    throw new CommandFailure(
      `${JSON.stringify(options.world)} is no name for a world; allowed: up to 31 lower case letters, digits and dashes`,
      exitCodes.wrong,
    );
  }
  return layoutOf(join(root, ".local", options.world));
}

/** A running world and an engine to work on it with. */
export interface Session {
  readonly client: WorldClient;
  readonly place: StackPlace;
  /** What its clusters are made of, where they are real. */
  readonly programs?: Programs;
}

/** Finds or builds the engine and starts the world, with their progress. */
export async function openSession(options: LocalOptions, stacks: readonly ChosenStack[]): Promise<Session> {
  const layout = worldLayout(options);
  const mirror = chartMirror();
  let engine = "";
  let client: WorldClient | undefined;
  let chosen: ChosenLevel | undefined;
  const tasks: ListrTask[] = [
    {
      title: "Pulumi engine",
      task: async (_, task) => {
        const found = await findEngine({ onProgress: progressOf(task) });
        engine = found.command;
        task.title = `Pulumi engine ${found.version}${found.origin === "built" ? ", built from source" : ""}`;
      },
    },
    {
      title: "Kubernetes",
      task: async (_, task) => {
        chosen = await chooseLevel(layout, options.level, progressOf(task));
        task.title = chosen.title;
      },
    },
    {
      title: "Emulated Google Cloud",
      task: async (_, task) => {
        client = await WorldClient.start(layout.folder, options.scale, chosen?.level, mayBeAbsent);
        if (mirror !== undefined) await client.useChartMirror(mirror);
        await client.register(
          stacks.map(({ settings }) => ({ id: settings.project, number: settings.projectNumber })),
        );
        task.title = `Emulated Google Cloud, process ${client.pid}`;
      },
    },
  ];
  try {
    await runTasks(tasks, options);
  } catch (error) {
    if (error instanceof EngineNotFound) throw new CommandFailure(error.message);
    throw error;
  }
  if (!client) throw new Error("the local world did not start");
  if (chosen?.notice !== undefined) process.stderr.write(`${chosen.notice}\n`);
  return {
    client,
    place: { ...placeFor(client, layout, options), engine, programFolder: root },
    ...(chosen?.programs && { programs: chosen.programs }),
  };
}

/** The folder of charts that whoever runs the command has named. */
function chartMirror(): string | undefined {
  const given = process.env["PLATFORM_CHART_MIRROR"];
  if (given === undefined || given === "") return undefined;
  const folder = resolve(given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CommandFailure(
      `PLATFORM_CHART_MIRROR names ${folder}, which is no folder; name one that holds charts as NAME-VERSION.tgz, or unset it`,
      exitCodes.wrong,
    );
  }
  return folder;
}

/** Who the engine speaks to: the world's stand-ins, and a real plugin where one is asked for. */
function placeFor(client: WorldClient, layout: Layout, { real }: LocalOptions) {
  const { kubernetes, ...others } = client.providers;
  if (real === undefined || kubernetes === undefined) return { layout, providers: client.providers };
  if (client.proxyUrl === undefined) {
    throw new CommandFailure(
      `--real ${real} needs clusters, and this local world began at level plan; end it first: ./platform local down`,
      exitCodes.wrong,
    );
  }
  try {
    usePlugin(layout.home, real, kubernetesVersion);
  } catch (error) {
    if (error instanceof PluginNotFound) throw new CommandFailure(error.message, exitCodes.wrong);
    throw error;
  }
  const pluginEnvironment = loginEnvironment({ folder: layout.login }, client.proxyUrl);
  return { layout, providers: others, pluginEnvironment };
}

/** Puts the charts that a stack releases into the registry of a world that has one: its program pulls them. */
export async function provideCharts(
  { client, place, programs }: Session,
  settings: Settings,
  onProgress: (line: string) => void = () => undefined,
): Promise<void> {
  if (!programs || settings.environment !== "delivery") return;
  const { helm } = programs;
  await fillRegistry(settings.services, { root, client, helm, temporary: place.layout.runs, onProgress });
}
