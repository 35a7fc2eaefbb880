import { parseAllDocuments, stringify } from "yaml";

/**
 * What a pod asks of kwok by this annotation instead of running: `missing-image`, `crashing` or `unready`.
 *
 * `missing-image` waits for an image that cannot be pulled. `crashing` ends with `kwok.platform/exit-code` (1 by
 * default): for good where the pod is never restarted, as in most jobs, and again and again elsewhere. `unready` runs
 * and never passes its readiness probe.
 */
export const playsAnnotation = "kwok.platform/plays";

const plays = ["missing-image", "crashing", "unready"] as const;

type Play = (typeof plays)[number];

interface Stage {
  readonly apiVersion: "kwok.x-k8s.io/v1alpha1";
  readonly kind: "Stage";
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly resourceRef: { readonly apiGroup: string; readonly kind: string };
    readonly selector: { readonly matchExpressions: readonly Expression[] };
    readonly delay?: { readonly durationMilliseconds: number };
    readonly next: { readonly statusTemplate?: string; readonly delete?: boolean };
  };
}

interface Expression {
  readonly key: string;
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  readonly values?: readonly string[];
}

/** The text of kwok's stages: those that it ships, for every pod that asks for nothing else, and ours. */
export function stagesText(shipped: string): string {
  const stages = parseAllDocuments(shipped).map((document) => document.toJS() as Stage);
  return [...stages.map(leavingOurs), ...ours].map((stage) => stringify(stage)).join("---\n");
}

const played = `.metadata.annotations["${playsAnnotation}"]`;

/** A pod that is deleted goes, whatever it plays. */
function leavingOurs(stage: Stage): Stage {
  const { resourceRef, selector, next } = stage.spec;
  if (resourceRef.kind !== "Pod" || next.delete) return stage;
  const others: Expression = { key: played, operator: "NotIn", values: plays };
  const matchExpressions = [...selector.matchExpressions, others];
  return { ...stage, spec: { ...stage.spec, selector: { ...selector, matchExpressions } } };
}

const phaseIs = (phase: string): Expression => ({ key: ".status.phase", operator: "In", values: [phase] });
const untouched: Expression = { key: ".status.startTime", operator: "DoesNotExist" };
const waits = (reason: string): Expression => ({
  key: ".status.containerStatuses.[].state.waiting.reason",
  operator: "In",
  values: [reason],
});
const restarts = (operator: "In" | "NotIn"): Expression => ({
  key: ".spec.restartPolicy",
  operator,
  values: ["Never"],
});

/** Everything about a pod but its containers. */
const ofPod = (phase: string, reason: string) => `{{ $now := Now }}
{{ $root := . }}
{{ $annotations := or .metadata.annotations dict }}
{{ $exitCode := or ( index $annotations "kwok.platform/exit-code" ) "1" }}
phase: ${phase}
startTime: {{ or .status.startTime $now | Quote }}
conditions:
- { type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }} }
- { type: Ready, status: "False", reason: ${reason}, lastTransitionTime: {{ $now | Quote }} }
- { type: ContainersReady, status: "False", reason: ${reason}, lastTransitionTime: {{ $now | Quote }} }
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
`;

const containers = (state: string) => `containerStatuses:
{{ range $index, $item := .spec.containers }}
- name: {{ $item.name | Quote }}
  image: {{ $item.image | Quote }}
  ready: false
${state.replaceAll(/^/gm, "  ")}
{{ end }}
`;

const ended = `terminated:
  exitCode: {{ $exitCode }}
  reason: Error
  startedAt: {{ $now | Quote }}
  finishedAt: {{ $now | Quote }}`;

const waiting = (reason: string, message: string) => `restartCount: 0
started: false
state:
  waiting:
    reason: ${reason}
    message: ${message}`;

const crashed = (count: string) => `restartCount: ${count}
started: false
state:
  waiting:
    reason: CrashLoopBackOff
    message: back-off restarting failed container
lastState:
${ended.replaceAll(/^/gm, "  ")}`;

const ours: readonly Stage[] = [
  stage("pod-image-missing", "missing-image", [phaseIs("Pending"), untouched], {
    status:
      ofPod("Pending", "ContainersNotReady") +
      containers(
        waiting("ErrImagePull", `{{ printf "failed to pull image %q: not found" $item.image | Quote }}`),
      ),
  }),
  stage("pod-image-back-off", "missing-image", [phaseIs("Pending"), waits("ErrImagePull")], {
    seconds: 1,
    status:
      ofPod("Pending", "ContainersNotReady") +
      containers(waiting("ImagePullBackOff", `{{ printf "Back-off pulling image %q" $item.image | Quote }}`)),
  }),
  stage("pod-failed", "crashing", [phaseIs("Pending"), untouched, restarts("In")], {
    status:
      ofPod("Failed", "PodFailed") +
      containers(`restartCount: 0\nstarted: false\nstate:\n${ended.replaceAll(/^/gm, "  ")}`),
  }),
  stage("pod-crashed", "crashing", [phaseIs("Pending"), untouched, restarts("NotIn")], {
    status: ofPod("Running", "ContainersNotReady") + containers(crashed("1")),
  }),
  stage("pod-crashed-again", "crashing", [phaseIs("Running"), waits("CrashLoopBackOff")], {
    // Rarely: whoever watches only has to see that it goes on.
    seconds: 10,
    status:
      ofPod("Running", "ContainersNotReady") +
      containers(crashed("{{ add ( index $root.status.containerStatuses $index ).restartCount 1 }}")),
  }),
  stage("pod-unready", "unready", [phaseIs("Pending"), untouched], {
    status:
      ofPod("Running", "ContainersNotReady") +
      containers("restartCount: 0\nstarted: true\nstate:\n  running:\n    startedAt: {{ $now | Quote }}"),
  }),
];

function stage(
  name: string,
  play: Play,
  expressions: readonly Expression[],
  { status, seconds }: { status: string; seconds?: number },
): Stage {
  return {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: "v1", kind: "Pod" },
      selector: {
        matchExpressions: [
          { key: played, operator: "In", values: [play] },
          { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" },
          ...expressions,
        ],
      },
      ...(seconds !== undefined && { delay: { durationMilliseconds: seconds * 1000 } }),
      next: { statusTemplate: status },
    },
  };
}
