/** Which addresses are free, inside a subnetwork and outside of all of them. */
import { heldSubnetwork, networkReference, subnetworkReference } from "./compute-names";
import { formatAddress, parseRange, type Range } from "./ranges";
import { listAt, sameName, textAt } from "./read";
import type { Surroundings, Values } from "./shape";

/** Kinds that hold an address of a subnetwork or of the internet, and the output in which it stands. */
const holders = [
  ["compute/address:Address", "address"],
  ["compute/globalAddress:GlobalAddress", "address"],
  ["compute/forwardingRule:ForwardingRule", "ipAddress"],
  ["compute/globalForwardingRule:GlobalForwardingRule", "ipAddress"],
] as const;

/** Addresses that belong to nobody (RFC 5737). */
const external = "203.0.113";

export function subnetworkRange(inputs: Values, around: Surroundings): Range | undefined {
  const name = textAt(inputs, "subnetwork");
  const found = name && around.find(subnetworkReference, name, around.project.id);
  return found ? parseRange(textAt(found.inputs, "ipCidrRange") ?? "") : undefined;
}

/** The first two and the last two addresses of a primary range are Google's. */
export const usable = (range: Range, address: number): boolean =>
  range.first + 1 < address && address < range.last - 1;

/** Addresses that others hold in the same subnetwork; Google does not reuse one while it is reserved. */
export function takenAddresses(kind: string, inputs: Values, around: Surroundings): ReadonlySet<string> {
  const subnetwork = around.find(subnetworkReference, textAt(inputs, "subnetwork") ?? "", around.project.id);
  return new Set([
    ...connectedAddresses(textAt(subnetwork?.inputs, "network") ?? "", around),
    ...holders.flatMap(([holder, output]) =>
      around
        .alsoReferring(holder, heldSubnetwork, textAt(inputs, "subnetwork") ?? "")
        .filter(
          (other) =>
            !(
              other.kind === kind &&
              other.project === around.project.id &&
              sameName(other, inputs, "region")
            ),
        )
        .flatMap((other) => textAt(other.state, output) ?? []),
    ),
  ]);
}

/** Addresses in a network that belong to endpoints of Memorystore, whatever subnetwork they are of. */
export const connectedAddresses = (network: string, around: Surroundings): string[] =>
  around
    .alsoReferring("memorystore/instance:Instance", networkReference, network)
    .flatMap(({ state }) => listAt(state, "endpoints"))
    .flatMap((endpoint) => listAt(endpoint, "connections"))
    .flatMap((connection) => textAt(connection, "pscAutoConnection", "ipAddress") ?? []);

export function freeAddress(range: Range, taken: ReadonlySet<string>): string | undefined {
  for (let candidate = range.first + 2; usable(range, candidate); candidate++) {
    const text = formatAddress(candidate);
    if (!taken.has(text)) return text;
  }
  return undefined;
}

/** An address of the internet: the same in every run for the same id, unless somebody has it. */
export function externalAddress(id: string, around: Surroundings): string {
  const taken = new Set(
    holders.flatMap(([kind, output]) =>
      around
        .list(kind)
        .filter((other) => other.id !== id)
        .flatMap((other) => textAt(other.state, output) ?? []),
    ),
  );
  const first = Number(around.number(6, id));
  const candidates = Array.from({ length: 254 }, (_, step) => `${external}.${((first + step) % 254) + 1}`);
  return candidates.find((address) => !taken.has(address)) ?? (candidates[0] as string);
}
