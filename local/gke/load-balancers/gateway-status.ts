/** What gateways and routes tell of themselves. */
import type { Attachment, Verdict } from "./attachment";
import { controllerName } from "./gateway-classes";
import type { Condition, Gateway, Listener, Route } from "./gateway-objects";
import type { GatewayPolicy } from "./gateway-policies";

/** A condition as it is wanted; the time comes from the moment at which it turned. */
interface Wanted {
  readonly type: string;
  readonly holds: boolean;
  readonly reason: string;
  readonly message: string;
}

const wanted = (type: string, { holds, reason, message }: Verdict): Wanted => ({
  type,
  holds,
  reason,
  message,
});
const yes = (type: string, reason = type): Wanted => ({ type, holds: true, reason, message: "" });

/** Conditions as they are now: what has not changed keeps the time of its last change. */
function conditionsOf(
  wanted: readonly Wanted[],
  before: readonly Condition[],
  observedGeneration: number,
): Condition[] {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  return wanted.map(({ type, holds, reason, message }) => {
    const status = holds ? "True" : "False";
    const known = before.find((other) => other.type === type && other.status === status);
    const lastTransitionTime = known?.lastTransitionTime ?? now;
    return { type, status, reason, message, lastTransitionTime, observedGeneration };
  });
}

/** How far a gateway has come. */
export type Progress =
  | { readonly at: "accepted" }
  | { readonly at: "programmed"; readonly address: string }
  | { readonly at: "invalid" | "failed"; readonly why: string };

export function gatewayStatus(gateway: Gateway, attachments: readonly Attachment[], progress: Progress) {
  const generation = gateway.metadata.generation ?? 0;
  const { status, spec } = gateway;
  const programmed = progressCondition(progress);
  return {
    addresses:
      progress.at === "programmed"
        ? [{ type: "IPAddress", value: progress.address }]
        : (status?.addresses ?? []),
    conditions: conditionsOf(
      [yes("Accepted"), ...(programmed ? [programmed] : [])],
      status?.conditions ?? [],
      generation,
    ),
    listeners: spec.listeners.map((listener) => {
      const before = status?.listeners?.find(({ name }) => name === listener.name)?.conditions ?? [];
      return {
        name: listener.name,
        attachedRoutes: attached(listener, attachments),
        conditions: conditionsOf(listenerConditions(progress), before, generation),
        supportedKinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
      };
    }),
  };
}

/** Whether a policy is in force, and why not. */
export function policyStatus({ metadata, status }: GatewayPolicy, verdict: Verdict) {
  const before = status?.conditions ?? [];
  return { conditions: conditionsOf([wanted("Attached", verdict)], before, metadata.generation ?? 0) };
}

function progressCondition(progress: Progress): Wanted | undefined {
  switch (progress.at) {
    case "accepted":
      return undefined;
    case "programmed":
      return yes("Programmed");
    case "invalid":
      return wanted("Programmed", { holds: false, reason: "Invalid", message: progress.why });
    case "failed":
      return wanted("Programmed", { holds: false, reason: "Pending", message: progress.why });
  }
}

function listenerConditions(progress: Progress): Wanted[] {
  if (progress.at !== "invalid") {
    return [
      yes("ResolvedRefs"),
      yes("Accepted"),
      ...(progress.at === "programmed" ? [yes("Programmed")] : []),
    ];
  }
  const refused = { holds: false, reason: "Invalid", message: progress.why };
  const certificates = /certificate/i.test(progress.why);
  return [
    certificates
      ? wanted("ResolvedRefs", { ...refused, reason: "InvalidCertificateRef" })
      : yes("ResolvedRefs"),
    wanted("Accepted", refused),
    wanted("Programmed", refused),
  ];
}

function attached(listener: Listener, attachments: readonly Attachment[]): number {
  const routes = attachments
    .filter(({ accepted, listeners }) => accepted.holds && listeners.includes(listener))
    .map(({ route }) => route);
  return new Set(routes).size;
}

/** The route's own word on each of its gateways; what other controllers said stays. */
export function routeStatus(route: Route, attachments: readonly Attachment[]) {
  const generation = route.metadata.generation ?? 0;
  const before = route.status?.parents ?? [];
  const others = before.filter((parent) => parent.controllerName !== controllerName);
  const own = attachments.map(({ parent, accepted, resolved }) => {
    const known = before.find(
      (other) =>
        other.controllerName === controllerName && sameParent(other.parentRef) === sameParent(parent),
    );
    return {
      parentRef: parent,
      controllerName,
      conditions: conditionsOf(
        [wanted("Accepted", accepted), wanted("ResolvedRefs", resolved)],
        known?.conditions ?? [],
        generation,
      ),
    };
  });
  return { parents: [...others, ...own] };
}

const sameParent = (parent: object): string => JSON.stringify(Object.entries(parent).sort());
