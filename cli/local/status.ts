import { describeLock, readLocks } from "../../local/engine/locks";
import type { Count } from "../../local/gke/census";
import { WorldClient } from "../../local/world/client";
import { levelOf } from "../../local/world/level";
import { copiedSettings, stacksIn, workspaceOf } from "../../local/world/stacks";
import { print, printJson, table } from "../terminal";
import { absentLines, absentReleases } from "./absent-releases";
import { clusterIn, resourcesOf } from "./cluster";
import { type LocalOptions, root, worldLayout } from "./session";
import { checked } from "./settings";

/** `platform local status`: what is in the world, without starting or changing anything. */
export async function status(options: LocalOptions): Promise<void> {
  const layout = worldLayout(options);
  const client = await WorldClient.find(layout.folder);
  const resources = (await client?.resources()) ?? [];
  const clusters = (await client?.clusters()) ?? {};
  const stacks = stacksIn(layout).flatMap((stack) => {
    const known = copiedSettings(layout, stack);
    if (!known) return [];
    const settings = checked(known);
    const place = { layout, engine: "pulumi", programFolder: root, providers: {} };
    const workspace = workspaceOf(place, stack);
    const lock = readLocks(workspace)[0];
    const own = resourcesOf(stack, settings.project, resources);
    const cluster = clusterIn(own)?.id;
    const census = cluster === undefined ? undefined : clusters[cluster];
    return [
      {
        stack,
        project: settings.project,
        lifecycle: settings.lifecycle,
        cloudResources: own.length,
        cluster: cluster ?? null,
        nodes: census?.nodes ?? null,
        pods: census?.pods ?? null,
        absent: absentReleases(workspace),
        state: lock ? describeLock(lock) : "idle",
      },
    ];
  });
  if (options.json) {
    printJson({
      world: options.world,
      process: client?.pid ?? null,
      level: levelOf(layout) ?? null,
      stacks,
    });
    return;
  }
  print(
    client
      ? `World ${options.world}: process ${client.pid}, level ${client.level}`
      : `World ${options.world}: not running`,
  );
  if (stacks.length === 0) return;
  print(
    table(
      ["STACK", "PROJECT", "LIFECYCLE", "CLOUD RESOURCES", "CLUSTER", "NODES", "PODS", "STATE"],
      stacks.map((row) => [
        row.stack,
        row.project,
        row.lifecycle,
        client ? String(row.cloudResources) : "-",
        row.cluster?.split("/").at(-1) ?? "-",
        shown(row.nodes),
        shown(row.pods),
        row.state,
      ]),
    ),
  );
  for (const { stack, absent } of stacks) for (const line of absentLines(stack, absent)) print(line);
}

/** "2/3 ready", or nothing to say where no cluster runs. */
function shown(count: Count | null): string {
  return count ? `${count.ready}/${count.all} ready` : "-";
}
