import type { Resource } from "./rules/shape";

/**
 * What really runs behind the resources of a kind, beside their entry in the cloud. The cloud waits for it before it
 * answers; when it fails, the call fails and the resource stays as it was.
 */
export interface Machinery {
  /** Called for a resource that is being made; after a restart also for one that was being made before. */
  make(resource: Resource): Promise<void>;
  change(before: Resource, after: Resource): Promise<void>;
  /** Called while the resource still exists. What does not run is no error. */
  unmake(resource: Resource): Promise<void>;
}
