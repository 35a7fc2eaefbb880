import type { Resource, Value } from "../../cloud/rules/shape";

/** The name of a cluster's DNS endpoint, which is how the program reaches it. */
export function dnsEndpointOf({ id, state }: Resource): string {
  const path = ["controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint"];
  const found = path.reduce<Value | undefined>(
    (at, key) => (typeof at === "object" && at !== null && !Array.isArray(at) ? at[key] : undefined),
    state,
  );
  if (typeof found !== "string") throw new Error(`${id} has no DNS endpoint, so nobody could reach it here`);
  return found;
}
