import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";

import type { Capacity } from "../config/machine-size";
import { PodPolicy, type PodRule } from "./pod-policy";
import { priorityRule } from "./pod-rules";
import type { Priority } from "./priority-classes";
import { networkPolicies, type Traffic } from "./traffic";

export interface NamespaceArgs {
  /** Name in the cluster; identities of workloads carry it. */
  namespace: string;
  /** How far its pods are confined. */
  pods: Confinement;
  /** Priorities that its pods may have; one that names none is `standard`. */
  priorities: readonly Priority[];
  traffic: Traffic;
  /** What its pods may request together: what could never run is refused at once, instead of waiting for ever. */
  capacity: Capacity;
  /** Whether its pods may claim disks, which outlive them. */
  disks: boolean;
  /** What a container has that says nothing: requests of both, and the memory is its limit too. */
  container: { cpu: string; memory: string };
}

/** The level of the Pod Security Standards, and rules beside it; below the restricted level nothing else would hold. */
export type Confinement =
  { level: "restricted"; rules?: readonly PodRule[] } | { level: "privileged"; rules: readonly PodRule[] };

/**
 * A namespace with everything that holds for its pods, whoever makes them: how they are confined, whom they may talk to,
 * how much they may request, whom they may go before, and that none gets a token of the API server unless it asks for an account that has one.
 */
export class Namespace extends pulumi.ComponentResource {
  /** Its name, known once it is there: for what starts no pods. */
  public readonly name: pulumi.Output<string>;
  /** Its name, known once all that guards it is there: whoever has it may start pods at once. */
  public readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:Namespace", name, {}, opts);

    const rules = [priorityRule(args.priorities), ...(args.pods.rules ?? [])];
    const policy = new PodPolicy(name, { namespace: args.namespace, rules }, { parent: this });
    const namespace = new core.Namespace(
      name,
      { metadata: { name: args.namespace, labels: podSecurityLabels(args.pods.level) } },
      {
        parent: this,
        // The rules judge the namespace's first pod too, and its last.
        dependsOn: [policy],
        // Load balancers and claims inside have finalizers that wait for Google.
        customTimeouts: { delete: "20m" },
      },
    );
    const metadata = (called: string) => ({ name: called, namespace: namespace.metadata.name });
    const policies = Object.entries(networkPolicies(args.traffic)).map(
      ([called, spec]) =>
        new networking.NetworkPolicy(
          `${name}-${called}`,
          { metadata: metadata(called), spec },
          { parent: this },
        ),
    );
    const quota = new core.ResourceQuota(
      name,
      { metadata: metadata("capacity"), spec: { hard: quotaOf(args) } },
      { parent: this },
    );
    const limits = new core.LimitRange(
      name,
      { metadata: metadata("containers"), spec: { limits: [containerDefaults(args)] } },
      { parent: this },
    );
    const account = new core.ServiceAccountPatch(
      name,
      {
        metadata: { ...metadata("default"), annotations: { "pulumi.com/patchForce": "true" } },
        automountServiceAccountToken: false,
      },
      { parent: this },
    );

    this.name = namespace.metadata.name;
    // By their names: an id is unknown while one of them is planned, and all that is inside would seem to move.
    this.namespace = pulumi
      .all([namespace, ...policies, quota, limits, account].map(({ metadata }) => metadata.name))
      .apply(() => namespace.metadata.name);
    this.registerOutputs({ name: this.name, namespace: this.namespace });
  }
}

/** Labels that make the API server refuse pods below a level; all below the restricted one are warned of and audited. */
export function podSecurityLabels(level: Confinement["level"]): Record<string, string> {
  const levels = { enforce: level, audit: "restricted", warn: "restricted" };
  return Object.fromEntries(
    Object.entries(levels).flatMap(([mode, value]) => [
      [`pod-security.kubernetes.io/${mode}`, value],
      [`pod-security.kubernetes.io/${mode}-version`, "latest"],
    ]),
  );
}

export function quotaOf({
  capacity,
  disks,
}: Pick<NamespaceArgs, "capacity" | "disks">): Record<string, string> {
  return {
    pods: `${capacity.pods}`,
    "requests.cpu": `${capacity.cpus}`,
    "requests.memory": `${capacity.memoryGib}Gi`,
    // A Gateway is the way in; the load balancer of a service would carry no label that tells whose it is.
    "services.loadbalancers": "0",
    "services.nodeports": "0",
    ...(!disks && { persistentvolumeclaims: "0" }),
  };
}

/** A container that requests more memory than this has to set its limit too, or the API server refuses it. */
function containerDefaults({ container }: NamespaceArgs) {
  // No limit of the CPU: it would slow a container down while the node is idle.
  return { type: "Container", defaultRequest: { ...container }, default: { memory: container.memory } };
}
