import * as scheduling from "@pulumi/kubernetes/scheduling/v1";
import * as pulumi from "@pulumi/pulumi";

/** Which pods give way to which; every pod that names none is `standard`. */
export const priorities = {
  platform: {
    value: 1_000_000,
    description: "What the others need to be built, released and seen; it may take their place",
  },
  standard: {
    value: 100_000,
    globalDefault: true,
    description: "Services, and every pod that names no class",
  },
  batch: {
    value: 1_000,
    preemptionPolicy: "Never",
    description: "Builds and other work that can wait and be done again; it takes nobody's place",
  },
} as const satisfies Record<string, Omit<scheduling.PriorityClassArgs, "metadata">>;

export type Priority = keyof typeof priorities;

/**
 * Who goes first when a cluster is full.
 *
 * A change of a value replaces the class; pods that run keep the number they began with.
 */
export class PriorityClasses extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:PriorityClasses", name, {}, opts);

    for (const [priority, args] of Object.entries(priorities)) {
      new scheduling.PriorityClass(priority, { metadata: { name: priority }, ...args }, { parent: this });
    }
    this.registerOutputs({});
  }
}
