import type { Project } from "../cloud/rules/shape";
import { type Layout, layoutOf } from "./layout";
import { ownFolder } from "./own-folder";
import { openWorld } from "./world";

/** A world for one look: its cloud is in memory, and its files go with it. */
export interface ThrowawayWorld {
  readonly layout: Layout;
  readonly providers: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

/**
 * Opens a world for one stack alone; what the stack refers to in other projects is taken for granted.
 *
 * `parent` is the folder that it may put its own into.
 */
export async function openThrowawayWorld(
  parent: string,
  projects: readonly Project[],
): Promise<ThrowawayWorld> {
  const folder = ownFolder(parent);
  const world = await openWorld({ elsewhere: "assumed" });
  for (const project of projects) world.cloud.register(project);
  return {
    layout: layoutOf(folder.path),
    providers: world.providers,
    close: async () => {
      await world.close();
      folder.remove();
    },
  };
}
