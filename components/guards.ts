import type { Lifecycle } from "../config/settings";

/**
 * What keeps a resource that holds data, a name or an address from being deleted or replaced.
 *
 * `protect` stops the engine, `deletionPolicy` stops the provider when the engine is told to ignore `protect`.
 * Only leaves carry it: children inherit `protect`, and a protected resource cannot be replaced even create-first.
 */
export function guards(lifecycle: Lifecycle) {
  const kept = lifecycle === "protected";
  return { protect: kept, deletionPolicy: kept ? "PREVENT" : "DELETE" } as const;
}
