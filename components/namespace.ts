import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";

export interface NamespaceArgs {
  /** Name in the cluster; identities of workloads carry it. */
  namespace: string;
}

/** A namespace whose pods must be unprivileged: the restricted level of the Pod Security Standards. */
export class Namespace extends pulumi.ComponentResource {
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Namespace", name, {}, opts);

    const namespace = new core.Namespace(
      name,
      { metadata: { name: args.namespace, labels: podSecurityLabels("restricted") } },
      // Load balancers and claims inside have finalizers that wait for Google.
      { parent: this, customTimeouts: { delete: "20m" } },
    );

    this.namespace = namespace.metadata.name;
    this.registerOutputs({ namespace: this.namespace });
  }
}

/** Labels that make the API server refuse pods below a level, and warn and audit about them. */
export function podSecurityLabels(level: "restricted" | "baseline"): Record<string, string> {
  return Object.fromEntries(
    ["enforce", "audit", "warn"].flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}
