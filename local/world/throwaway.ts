import type { StackFile } from "../../config/stack-file";
import type { Project } from "../cloud/rules/shape";
import { type Layout, layoutOf } from "./layout";
import { ownFolder } from "./own-folder";
import { assumeShared } from "./shared-names";
import { openWorld } from "./world";

/** A world for one look: its cloud is in memory, and its files go with it. */
export interface ThrowawayWorld {
  readonly layout: Layout;
  readonly providers: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * Opens a world for one stack alone; what the stack refers to in other projects is taken for granted, and
 * what it shares in its own, by one of these settings of it, is there.
 *
 * `parent` is the folder that it may put its own into.
 */
export async function openThrowawayWorld(
  parent: string,
  projects: readonly Project[],
  settings: readonly StackFile[],
): Promise<ThrowawayWorld> {
  const folder = ownFolder(parent);
  const world = await openWorld({ elsewhere: "assumed" });
  for (const project of projects) world.cloud.register(project);
  for (const { config } of settings) await assumeShared(world.cloud, config);
  return {
    layout: layoutOf(folder.path),
    providers: world.providers,
    close: async () => {
      await world.close();
      folder.remove();
    },
  };
}
