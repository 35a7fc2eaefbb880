/** What lets a service go on when a node or a zone is lost, or emptied. */
import { type ClusterObject, type ClusterPolicy, nameOf } from "./policy";
import { type Workload, workloadsIn } from "./workloads";

interface Budget {
  readonly minAvailable?: number | string;
  readonly maxUnavailable?: number | string;
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}

const places = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];

export const availabilityPolicies: readonly ClusterPolicy[] = [
  {
    control: 123,
    title: "a service outlives a node: more than one pod, apart from each other, and not all emptied at once",
    sources: ["CIS GKE 4.6.1"],
    find: (objects, { available }) =>
      workloadsIn(objects)
        .filter(({ object: { kind } }) => kind === "Deployment" || kind === "StatefulSet")
        .flatMap((workload) => {
          const where = nameOf(workload.object);
          const pods = leastPods(workload.object, objects);
          const budget = budgetOf(workload, objects);
          const spread = workload.pod.topologySpreadConstraints ?? [];
          const found = (wrong: boolean, problem: string) => (wrong ? [{ where, problem }] : []);
          return [
            ...found(available && pods < 2, "one pod alone is away whenever its node is; run at least two"),
            ...found(pods >= 2 && !budget, "all its pods may be emptied at once; add a PodDisruptionBudget"),
            ...found(
              budget !== undefined && keepsAll(budget, pods),
              "its budget lets no pod go, so its nodes are never emptied; allow one",
            ),
            ...(isAlone(workload.object, objects) ? [] : places)
              .filter((place) => !spread.some(({ topologyKey }) => topologyKey === place))
              .map((place) => ({
                where,
                problem: `its pods may be all in one ${place.split("/").at(-1)}; add a topologySpreadConstraint over ${place}`,
              })),
          ];
        }),
  },
];

interface Scaler {
  readonly minReplicas?: number;
  readonly scaleTargetRef: { readonly kind: string; readonly name: string };
}

function scalerOf({ kind, metadata }: ClusterObject, objects: readonly ClusterObject[]): Scaler | undefined {
  return objects
    .filter((other) => other.kind === "HorizontalPodAutoscaler")
    .map((other) => other["spec"] as Scaler)
    .find(({ scaleTargetRef }) => scaleTargetRef.kind === kind && scaleTargetRef.name === metadata.name);
}

const replicasOf = (object: ClusterObject) => (object["spec"] as { replicas?: number }).replicas ?? 1;

/** Pods that always run: an autoscaler's least, or else what the object says itself. */
function leastPods(object: ClusterObject, objects: readonly ClusterObject[]): number {
  const scaler = scalerOf(object, objects);
  return scaler ? (scaler.minReplicas ?? 1) : replicasOf(object);
}

/** One pod and never another, which nothing could keep apart from. */
function isAlone(object: ClusterObject, objects: readonly ClusterObject[]): boolean {
  const { strategy } = object["spec"] as { strategy?: { type?: string } };
  return !scalerOf(object, objects) && replicasOf(object) === 1 && strategy?.type === "Recreate";
}

function budgetOf({ labels }: Workload, objects: readonly ClusterObject[]): Budget | undefined {
  return objects
    .filter(({ kind }) => kind === "PodDisruptionBudget")
    .map((budget) => budget["spec"] as Budget)
    .find(({ selector }) =>
      Object.entries(selector?.matchLabels ?? { "": "" }).every(([key, value]) => labels[key] === value),
    );
}

function keepsAll({ minAvailable, maxUnavailable }: Budget, pods: number): boolean {
  if (maxUnavailable !== undefined) return [0, "0", "0%"].includes(maxUnavailable);
  return minAvailable === "100%" || (typeof minAvailable === "number" && minAvailable >= pods);
}
