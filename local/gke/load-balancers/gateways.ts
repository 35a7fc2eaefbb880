import type { Api } from "../../clusters/api";
import { type Controller, startController } from "../../clusters/controller";
import { type Attachment, attachmentsOf } from "./attachment";
import { type Certificate, gatewayBalancer, type GatewayBalancer, InvalidGateway } from "./gateway-balancer";
import { maker } from "./gateway-backend";
import { balancers } from "./gateway-classes";
import { type Gateway, type Grant, keyOf, type Route, type Scene } from "./gateway-objects";
import { type GatewayPolicy, policyOf, verdictOn } from "./gateway-policies";
import { gatewayStatus, policyStatus, type Progress, routeStatus } from "./gateway-status";
import type { Home } from "../home";
import { addFinalizer, Attempts, dropFinalizer, tell, unless } from "../objects";
import { marked, meet } from "../pieces";
import { addressOf, type Service } from "./service-balancer";

const group = "/apis/gateway.networking.k8s.io";
const policiesPath = "/apis/networking.gke.io/v1/gcpgatewaypolicies";
const finalizer = "gateway.finalizer.networking.gke.io";

/** Milliseconds until a gateway that got no load balancer is looked at again. */
const againMilliseconds = 5_000;

/** Gives gateways of GKE's classes a load balancer of the cloud, and tells routes what became of them. */
export function startGateways(api: Api, home: Home, onError: (error: unknown) => void): Controller {
  return startController({
    api,
    watches: {
      gateways: `${group}/v1/gateways`,
      routes: `${group}/v1/httproutes`,
      policies: policiesPath,
      grants: `${group}/v1beta1/referencegrants`,
      services: "/api/v1/services",
      namespaces: "/api/v1/namespaces",
    },
    every: againMilliseconds,
    onError,
    reconcile: async (seen) => {
      const gateways = (seen.gateways as readonly Gateway[]).filter(({ spec }) =>
        balancers.has(spec.gatewayClassName),
      );
      const policies = seen.policies as readonly GatewayPolicy[];
      await program(api, home, gateways, policies, {
        routes: seen.routes as readonly Route[],
        grants: seen.grants as readonly Grant[],
        services: seen.services as readonly Service[],
        namespaces: seen.namespaces,
      });
    },
  });
}

/** Works on all gateways at once, since parts are shared between them. */
async function program(
  api: Api,
  home: Home,
  gateways: readonly Gateway[],
  policies: readonly GatewayPolicy[],
  scene: Scene,
): Promise<void> {
  const attachments = new Map(
    gateways
      .filter(({ metadata }) => !metadata.deletionTimestamp)
      .map((gateway) => [gateway, attachmentsOf(gateway, scene)] as const),
  );
  const attempts = new Attempts();
  const wanted = new Map<Gateway, GatewayBalancer>();
  const unclear = new Set<Gateway>();
  const report = (gateway: Gateway, progress: Progress) =>
    showGateway(api, gateway, gatewayStatus(gateway, attachments.get(gateway) ?? [], progress));
  const prepare = async (gateway: Gateway, attached: readonly Attachment[]) => {
    const balancer = balancers.get(gateway.spec.gatewayClassName);
    if (!balancer) return;
    const tls = {
      certificates: await certificatesOf(api, gateway),
      policy: policyOf(gateway, policies)?.spec.default?.sslPolicy,
    };
    const planned = gatewayBalancer(home, gateway, balancer, attached, tls);
    // Before anything is made for it, so that nothing is left when it goes.
    await addFinalizer(api, pathOf(gateway), finalizer);
    const known = gateway.status?.conditions?.some(({ type }) => type === "Programmed");
    if (!known) await report(gateway, { at: "accepted" });
    wanted.set(gateway, planned);
  };

  for (const [gateway, attached] of attachments) {
    await attempts.at(() =>
      prepare(gateway, attached).catch(async (error: unknown) => {
        unclear.add(gateway);
        if (!(error instanceof InvalidGateway)) throw error;
        await report(gateway, { at: "invalid", why: error.message });
        await complain(api, gateway, error.message);
      }),
    );
  }
  const attached = [...attachments.values()].flat();
  await Promise.all(scene.routes.map((route) => attempts.at(() => showRoute(api, route, attached))));

  const living = [...attachments.keys()];
  await Promise.all(
    policies.map((policy) =>
      attempts.at(() => showPolicy(api, policy, policyStatus(policy, verdictOn(policy, living, policies)))),
    ),
  );

  const needs = [...wanted].map(([gateway, { pieces }]) => ({ owner: keyOf(gateway), pieces }));
  const existing = ours(home).filter(
    // What a gateway has that cannot be understood any more stays as it is, and with it what it stands on.
    ({ inputs }) =>
      unclear.size === 0 ||
      [...gateways].some((gateway) => !unclear.has(gateway) && isOf(gateway, inputs["description"])),
  );
  const outcome = await meet(home.cloud, home.project, needs, existing);
  for (const [gateway, { rule }] of wanted) {
    const failure = outcome.failures.get(keyOf(gateway));
    await attempts.at(async () => {
      const address = addressOf(home, rule);
      if (failure === undefined && address !== undefined)
        await report(gateway, { at: "programmed", address });
      else await report(gateway, { at: "failed", why: failure?.message ?? "it has no address yet" });
      if (failure) await complain(api, gateway, failure.message);
    });
  }

  const left = ours(home);
  for (const gateway of gateways) {
    if (!gateway.metadata.deletionTimestamp) continue;
    const remains = left.some(({ inputs }) => isOf(gateway, inputs["description"]));
    await attempts.at(() =>
      remains ? complain(api, gateway, inUse) : dropFinalizer(api, pathOf(gateway), finalizer),
    );
  }
  attempts.end();
}

const inUse = "parts of its load balancer could not be deleted";

const ours = (home: Home) => marked(home.cloud, home.project, home.uid, maker);

const isOf = (gateway: Gateway, description: unknown): boolean =>
  typeof description === "string" && description.includes(JSON.stringify(keyOf(gateway)));

const pathOf = ({ metadata }: Gateway): string =>
  `${group}/v1/namespaces/${metadata.namespace}/gateways/${metadata.name}`;

/** The certificates that its listeners name: secrets of the type for TLS, in its own namespace. */
async function certificatesOf(api: Api, { metadata, spec }: Gateway): Promise<Certificate[]> {
  const references = spec.listeners.flatMap(({ tls }) => tls?.certificateRefs ?? []);
  const names = [...new Set(references.map(({ name }) => name))];
  const abroad = references.find(({ namespace }) => namespace && namespace !== metadata.namespace);
  if (abroad)
    throw new InvalidGateway(`certificate ${abroad.name} is in another namespace, which is not emulated`);
  const certificates: Certificate[] = [];
  for (const name of names) {
    const secret = await api
      .get<{ data?: Record<string, string> }>(`/api/v1/namespaces/${metadata.namespace}/secrets/${name}`)
      .catch(unless(404));
    const [certificate, privateKey] = [secret?.data?.["tls.crt"], secret?.data?.["tls.key"]];
    if (certificate === undefined || privateKey === undefined)
      throw new InvalidGateway(`certificate ${name}: there is no secret with tls.crt and tls.key`);
    certificates.push({ name, certificate, privateKey });
  }
  return certificates;
}

async function showGateway(api: Api, gateway: Gateway, status: object): Promise<void> {
  if (isSame(gateway.status, status)) return;
  await api.patch(`${pathOf(gateway)}/status`, { status }).catch(unless(404));
}

async function showRoute(
  api: Api,
  route: Route,
  attachments: Parameters<typeof routeStatus>[1],
): Promise<void> {
  const status = routeStatus(
    route,
    attachments.filter((attachment) => attachment.route === route),
  );
  if (isSame(route.status ?? { parents: [] }, status)) return;
  const { namespace, name } = route.metadata;
  await api
    .patch(`${group}/v1/namespaces/${namespace}/httproutes/${name}/status`, { status })
    .catch(unless(404));
}

async function showPolicy(api: Api, { metadata, status }: GatewayPolicy, next: object): Promise<void> {
  if (isSame(status, next)) return;
  const { namespace, name } = metadata;
  await api
    .patch(`/apis/networking.gke.io/v1/namespaces/${namespace}/gcpgatewaypolicies/${name}/status`, {
      status: next,
    })
    .catch(unless(404));
}

/** Whether two statuses say the same, in whatever order their fields stand. */
const isSame = (one: unknown, other: unknown): boolean => sorted(one) === sorted(other);

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
      : inner,
  );

function complain(api: Api, gateway: Gateway, message: string): Promise<void> {
  return tell(api, {
    about: { ...gateway, apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway" },
    type: "Warning",
    reason: "SYNC",
    message: `failed to translate Gateway "${keyOf(gateway)}": ${message}`,
    component: "sc-gateway-controller",
  });
}
