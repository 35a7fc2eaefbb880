/** Which routes hang on which listeners of a gateway, and why others do not. */
import { gatewayGroup } from "../crds/references";
import type {
  BackendReference,
  Gateway,
  Listener,
  ParentReference,
  Route,
  RouteRule,
  Scene,
} from "./gateway-objects";
import type { ServicePort } from "./service-balancer";

/** An answer to one question, as a condition words it. */
export interface Verdict {
  readonly holds: boolean;
  readonly reason: string;
  readonly message: string;
}

/** A service's port that a rule sends requests to. */
export interface Backend {
  readonly namespace: string;
  readonly name: string;
  readonly port: ServicePort;
  readonly weight: number;
}

/** One route as one gateway sees it through one of the route's references to it. */
export interface Attachment {
  readonly route: Route;
  readonly parent: ParentReference;
  readonly listeners: readonly Listener[];
  readonly accepted: Verdict;
  readonly resolved: Verdict;
  readonly rules: readonly { readonly rule: RouteRule; readonly backends: readonly Backend[] }[];
}

const yes = (reason: string): Verdict => ({ holds: true, reason, message: "" });
const no = (reason: string, message: string): Verdict => ({ holds: false, reason, message });

export function attachmentsOf(gateway: Gateway, scene: Scene): Attachment[] {
  return scene.routes
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .flatMap((route) =>
      (route.spec.parentRefs ?? [])
        .filter((parent) => means(parent, route, gateway))
        .map((parent) => attachmentOf(gateway, route, parent, scene)),
    );
}

function means({ group, kind, name, namespace }: ParentReference, route: Route, gateway: Gateway): boolean {
  return (
    (group ?? gatewayGroup) === gatewayGroup &&
    (kind ?? "Gateway") === "Gateway" &&
    name === gateway.metadata.name &&
    (namespace ?? route.metadata.namespace) === gateway.metadata.namespace
  );
}

function attachmentOf(gateway: Gateway, route: Route, parent: ParentReference, scene: Scene): Attachment {
  const named = gateway.spec.listeners.filter(
    ({ name, port }) =>
      (parent.sectionName === undefined || parent.sectionName === name) &&
      (parent.port === undefined || parent.port === port),
  );
  const open = named.filter((listener) => letsIn(listener, gateway, route, scene));
  const { hostnames = [] } = route.spec;
  const listeners = open.filter(
    ({ hostname }) => hostnames.length === 0 || hostnames.some((other) => overlap(hostname, other)),
  );
  const accepted =
    named.length === 0
      ? no("NoMatchingParent", `gateway ${gateway.metadata.name} has no such listener`)
      : open.length === 0
        ? no("NotAllowedByListeners", `no listener takes routes from namespace ${route.metadata.namespace}`)
        : listeners.length === 0
          ? no("NoMatchingListenerHostname", `no listener has a host name of ${hostnames.join(", ")}`)
          : yes("Accepted");
  const problems: Verdict[] = [];
  const rules = (route.spec.rules ?? []).map((rule) => ({
    rule,
    backends: (rule.backendRefs ?? []).flatMap((reference) => {
      const found = backendOf(reference, route, scene);
      if ("port" in found) return [found];
      problems.push(found);
      return [];
    }),
  }));
  return { route, parent, listeners, accepted, resolved: problems[0] ?? yes("ResolvedRefs"), rules };
}

function letsIn({ allowedRoutes }: Listener, gateway: Gateway, route: Route, scene: Scene): boolean {
  const { from = "Same", selector } = allowedRoutes?.namespaces ?? {};
  const { namespace } = route.metadata;
  if (from === "All") return true;
  if (from === "Same") return namespace === gateway.metadata.namespace;
  if (from !== "Selector") return false;
  const labels = scene.namespaces.find(({ metadata }) => metadata.name === namespace)?.metadata.labels ?? {};
  return Object.entries(selector?.matchLabels ?? {}).every(([label, value]) => labels[label] === value);
}

/** Whether there is a host that both names mean; a wildcard stands for one or more labels. */
export function overlap(one: string | undefined, other: string): boolean {
  if (one === undefined || one === "" || one === other) return true;
  const within = (wild: string, name: string) => wild.startsWith("*.") && name.endsWith(wild.slice(1));
  return within(one, other) || within(other, one);
}

function backendOf(reference: BackendReference, route: Route, scene: Scene): Backend | Verdict {
  const { group = "", kind = "Service", name, namespace = route.metadata.namespace ?? "" } = reference;
  if (group !== "" || kind !== "Service")
    return no("InvalidKind", `${kind} ${name}: only services are emulated as backends`);
  if (namespace !== route.metadata.namespace && !isGranted(route, namespace, name, scene))
    return no(
      "RefNotPermitted",
      `no ReferenceGrant in namespace ${namespace} lets routes use service ${name}`,
    );
  const service = scene.services.find(
    ({ metadata }) => metadata.name === name && metadata.namespace === namespace,
  );
  const port = service?.spec.ports?.find((other) => other.port === reference.port);
  if (!service) return no("BackendNotFound", `service ${namespace}/${name} was not found`);
  if (!port) return no("BackendNotFound", `service ${namespace}/${name} has no port ${reference.port}`);
  return { namespace, name, port, weight: reference.weight ?? 1 };
}

function isGranted(route: Route, namespace: string, service: string, { grants }: Scene): boolean {
  return grants.some(
    ({ metadata, spec }) =>
      metadata.namespace === namespace &&
      spec.from.some(
        (from) =>
          from.group === gatewayGroup &&
          from.kind === "HTTPRoute" &&
          from.namespace === route.metadata.namespace,
      ) &&
      spec.to.some(
        ({ group, kind, name }) => group === "" && kind === "Service" && (name ?? service) === service,
      ),
  );
}
