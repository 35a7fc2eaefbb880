import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import type { ChosenStack } from "../cli/local/settings";
import type { Workspace } from "../local/engine/run";
import { layoutOf } from "../local/world/layout";
import { assumeShared } from "../local/world/shared-names";
import { prepareStack } from "../local/world/stacks";
import { openWorld } from "../local/world/world";
import { bringUp } from "./engine-run";
import type { Subject } from "./subjects";

/** Where everything is measured. */
export interface Bench {
  /** The checkout that is measured. */
  readonly checkout: string;
  /** The `pulumi` command. */
  readonly engine: string;
  readonly engineVersion: string;
  /** Temporary, and gone when the bench is. */
  readonly folder: string;
  /** Folder of the program of trivial resources, and the port of their provider. */
  readonly bare: { readonly programFolder: string; readonly port: number };
  /** One of each kind: the world has their projects, and ci is there for those that refer to it. */
  readonly stacks: readonly ChosenStack[];
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** An empty stack of the program, and one of the bare engine. */
export interface Place {
  readonly own: Workspace;
  readonly bare: Workspace;
  close(): Promise<void>;
}

/** Makes room for one round: nothing is there yet but what the stack refers to. */
export async function openPlace(bench: Bench, subject: Subject): Promise<Place> {
  const { engine, signal } = bench;
  const folder = mkdtempSync(join(bench.folder, "round-"));
  const world = await openWorld();
  const close = async () => {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const prepareOwn = ({ name, file }: ChosenStack, programFolder: string) => {
    const place = {
      layout: layoutOf(join(folder, "own")),
      providers: world.providers,
      engine,
      programFolder,
    };
    return prepareStack(place, name, file.config);
  };
  const prepareBare = () => {
    const { programFolder, port } = bench.bare;
    const place = {
      layout: layoutOf(join(folder, "bare")),
      providers: { bare: port },
      engine,
      programFolder,
    };
    return prepareStack(place, "bare", {});
  };
  try {
    for (const { settings } of bench.stacks) {
      world.cloud.register({ id: settings.project, number: settings.projectNumber });
    }
    const ci = bench.stacks.find(({ settings }) => settings.environment === "ci");
    if (ci && refersToCi(subject.stack)) await bringUp(await prepareOwn(ci, bench.checkout), signal);
    await assumeShared(world.cloud, subject.stack.file.config);
    const own = await prepareOwn(subject.stack, subject.programFolder);
    return { own, bare: await prepareBare(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The account that deploys into a stack is one of ci's. */
function refersToCi({ settings }: ChosenStack): boolean {
  return settings.environment === "delivery" && settings.deployer !== undefined;
}
