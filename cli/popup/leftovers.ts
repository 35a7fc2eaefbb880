import { setTimeout as sleep } from "node:timers/promises";

import type { Found, Place } from "./place";

/**
 * What in the inventory belongs to the stack of a pop-up: it carries its name, which everything has that a pop-up makes,
 * or that is made for it by Google (in its own name, a label, or what GKE writes into the description of what it makes for
 * a namespace, which is called as the stack).
 *
 * The name of one pop-up may begin the name of another; what carries the longer name is the other's.
 */
export function ownedBy(stack: string, found: readonly Found[], others: readonly string[]): Found[] {
  const longer = others.filter((other) => other !== stack && other.startsWith(`${stack}-`));
  return found.filter(({ text }) => {
    const rest = longer.reduce((left, other) => left.replaceAll(named(other), ""), text);
    return named(stack).test(rest);
  });
}

/** What is called or labelled after a pop-up that is none of `stacks`. Other words about it may say what they like. */
export function orphans(found: readonly Found[], stacks: readonly string[]): Found[] {
  return found.filter(({ name, text }) => {
    const label = /"environment":"(popup-[^"]*)"/.exec(text)?.[1] ?? "";
    const rest = [...stacks]
      .sort((a, b) => b.length - a.length)
      .reduce((left, stack) => left.replaceAll(named(stack), ""), `${name} ${label}`);
    return /(?<![a-z0-9])popup-[a-z]/.test(rest);
  });
}

function named(stack: string): RegExp {
  return new RegExp(`(?<![a-z0-9])${stack}(?![a-z0-9])`, "g");
}

/**
 * What controllers of a cluster make outside it: load balancers with all their parts, and disks of claims. Nobody else
 * removes them, so they have to be gone before the cluster goes. The program itself makes none of these for a pop-up.
 */
export const madeByControllers =
  /\/(networkEndpointGroups|forwardingRules|target(Http|Https|Tcp)Proxies|urlMaps|backendServices|healthChecks)\/|\/disks\/pvc-/;

/**
 * Looks until nothing is left or the place's patience ends, and gives what is left then. Nothing counts only when it is
 * nothing again after the time that the inventory may be late.
 */
export async function waitUntilGone(
  place: Pick<Place, "patience" | "pause" | "lag">,
  look: () => Promise<Found[]>,
  onProgress: (line: string) => void,
): Promise<Found[]> {
  const deadline = Date.now() + place.patience * 1000;
  let nothingSince: number | undefined;
  for (;;) {
    const left = await look();
    if (left.length > 0) nothingSince = undefined;
    else nothingSince ??= Date.now();
    if (nothingSince !== undefined && Date.now() - nothingSince >= place.lag * 1000) return [];
    if (left.length > 0 && Date.now() > deadline) return left;
    onProgress(
      left.length > 0
        ? `waiting for ${left.length} to go, ${left[0]?.name ?? ""} among them`
        : "looking once more, since the inventory may be late",
    );
    await sleep(place.pause * 1000);
  }
}
