import type { Api } from "../../clusters/api";
import { type DrainOptions, removeNodes } from "../../clusters/draining";
import { evenly } from "../../clusters/node-pools";
import { addNodes, changeNode, type Node, nodesOf, zoneOf } from "../../clusters/nodes";
import { type Pool, revisionAnnotation } from "./pool";

/** On a node that goes: which one has come for it. An upgrade that was interrupted makes no second one. */
const successorAnnotation = "local.gke/successor";

/**
 * Replaces the nodes of a pool that were made from something else than it is now: as many at a time as its upgrade
 * settings allow, new ones first where they allow more nodes than before. Blue-green settings are not played.
 *
 * The signal ends the waiting for pods; a node that was begun is finished first, so that none comes twice.
 */
export async function replaceOutdatedNodes(api: Api, pool: Pool, options: DrainOptions): Promise<void> {
  const { maxSurge, maxUnavailable } = pool.upgrade;
  for (;;) {
    options.signal?.throwIfAborted();
    const nodes = await nodesOf(api, pool.template.name);
    // A zone after the other, as GKE does.
    const outdated = nodes
      .filter((node) => isOutdated(node, pool))
      .sort((a, b) => zoneOf(a).localeCompare(zoneOf(b)));
    if (outdated.length === 0) return;
    const replaced = await Promise.allSettled(
      outdated.slice(0, Math.max(1, maxSurge + maxUnavailable)).map(async (node, index) => {
        const { name } = node.metadata;
        const successor = () => addSuccessor(api, pool, node, nodes);
        if (index < maxSurge) {
          const next = await successor();
          await changeNode(api, name, () => ({ metadata: { annotations: { [successorAnnotation]: next } } }));
          await removeNodes(api, [name], options);
        } else {
          await removeNodes(api, [name], options);
          await successor();
        }
      }),
    );
    const failed = replaced.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }
}

export function isOutdated(node: Node, { template, zones }: Pool): boolean {
  const revision = node.metadata.annotations?.[revisionAnnotation];
  return revision !== template.annotations?.[revisionAnnotation] || !zones.includes(zoneOf(node));
}

/** Whether another node has come for this one already. */
export function isLeaving(node: Node): boolean {
  return node.metadata.annotations?.[successorAnnotation] !== undefined;
}

async function addSuccessor(api: Api, pool: Pool, node: Node, nodes: readonly Node[]): Promise<string> {
  const known = node.metadata.annotations?.[successorAnnotation];
  if (known !== undefined && nodes.some(({ metadata }) => metadata.name === known)) return known;
  const zone = zoneOf(node);
  const zones = pool.zones.includes(zone) ? [zone] : evenly(pool.zones, nodes.map(zoneOf), 1);
  const [name = ""] = await addNodes(api, pool.template, zones);
  return name;
}
