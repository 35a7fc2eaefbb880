import { kubectl } from "../../local/clusters/commands";
import type { ControlPlane } from "../../local/clusters/control-plane";
import { isCloudResource, type Recording } from "./recorder";

/** An object as the API server takes it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Labels };
  readonly spec?: unknown;
}

export type Labels = Readonly<Record<string, string>>;

/** Everything that a stack puts into its cluster but for what its releases bring, in an order in which it can be made. */
export function kubernetesObjects(recording: Recording): KubernetesObject[] {
  return recording.registrations
    .filter((made) => isCloudResource(made) && /^kubernetes:(?!helm\.sh\/)/.test(made.type))
    .map(({ inputs }) => inputs as unknown as KubernetesObject);
}

/** The objects as the provider applies them, but an unknown field is an error. */
export function applyStrictly(cluster: ControlPlane, objects: readonly object[]) {
  return kubectl(cluster, ["apply", "--server-side", "--validate=strict", "-f", "-"], {
    input: objects.map((object) => JSON.stringify(object)).join("\n---\n"),
  });
}
