import type { Api } from "../../clusters/api";
import { type Controller, startController } from "../../clusters/controller";
import type { Home } from "../home";
import { addFinalizer, Attempts, dropFinalizer, tell, unless } from "../objects";
import { marked, meet, type Need, type Piece } from "../pieces";
import { addressOf, maker, schemeOf, type Service, serviceBalancer } from "./service-balancer";

const finalizer = "service.kubernetes.io/load-balancer-cleanup";

/** Milliseconds until a service that got no load balancer is looked at again. */
const againMilliseconds = 5_000;

/** Gives services of type LoadBalancer a load balancer of the cloud and its address, and takes it away again. */
export function startServices(api: Api, home: Home, onError: (error: unknown) => void): Controller {
  return startController({
    api,
    watches: { services: "/api/v1/services" },
    every: againMilliseconds,
    onError,
    reconcile: async (seen) => {
      const services = seen.services as readonly Service[];
      await balance(api, home, services.filter(isOurs));
    },
  });
}

const isOurs = (service: Service): boolean =>
  schemeOf(service) !== undefined || service.metadata.finalizers?.includes(finalizer) === true;

async function balance(api: Api, home: Home, services: readonly Service[]): Promise<void> {
  const attempts = new Attempts();
  const failures = new Map<Service, Error>();
  const wanted = new Map<Service, readonly Piece[]>();
  for (const service of services) {
    const scheme = service.metadata.deletionTimestamp ? undefined : schemeOf(service);
    if (scheme === undefined) continue;
    try {
      const pieces = serviceBalancer(home, service, scheme);
      // Before anything is made for it, so that nothing is left when it goes.
      await addFinalizer(api, pathOf(service), finalizer);
      wanted.set(service, pieces);
    } catch (error) {
      failures.set(service, error instanceof Error ? error : new Error(String(error)));
    }
  }
  const needs: Need[] = [...wanted].map(([service, pieces]) => ({ owner: keyOf(service), pieces }));
  const before = marked(home.cloud, home.project, home.uid, maker);
  // What a service has that cannot be understood any more stays as it is.
  const existing = before.filter(
    ({ inputs }) => ![...failures.keys()].some((service) => isOf(service, inputs["description"])),
  );
  const outcome = await meet(home.cloud, home.project, needs, existing);
  for (const [service, pieces] of wanted) {
    const failure = outcome.failures.get(keyOf(service));
    if (failure) failures.set(service, failure);
    else await attempts.at(() => show(api, service, addressOf(home, pieces.at(-1) as Piece)));
  }
  for (const [service, { message }] of failures) {
    await attempts.at(() => complain(api, service, message));
  }

  const left = marked(home.cloud, home.project, home.uid, maker);
  for (const service of services) {
    if (wanted.has(service) || failures.has(service)) continue;
    const remains = left.some(({ inputs }) => isOf(service, inputs["description"]));
    await attempts.at(() => (remains ? complain(api, service, inUse) : release(api, service)));
  }
  attempts.end();
}

const inUse = "parts of its load balancer could not be deleted";

async function release(api: Api, service: Service): Promise<void> {
  if (!service.metadata.deletionTimestamp) await show(api, service, undefined);
  await dropFinalizer(api, pathOf(service), finalizer);
}

const keyOf = ({ metadata }: Service): string => `${metadata.namespace}/${metadata.name}`;

const isOf = (service: Service, description: unknown): boolean =>
  typeof description === "string" && description.includes(JSON.stringify(keyOf(service)));

const pathOf = ({ metadata }: Service): string =>
  `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`;

async function show(api: Api, service: Service, ip: string | undefined): Promise<void> {
  if (service.status?.loadBalancer?.ingress?.[0]?.ip === ip) return;
  const ingress = ip === undefined ? null : [{ ip, ipMode: "VIP" }];
  await api.patch(`${pathOf(service)}/status`, { status: { loadBalancer: { ingress } } }).catch(unless(404));
}

function complain(api: Api, service: Service, message: string): Promise<void> {
  return tell(api, {
    about: { ...service, apiVersion: "v1", kind: "Service" },
    type: "Warning",
    reason: "SyncLoadBalancerFailed",
    message: `Error syncing load balancer: ${message}`,
    component: "service-controller",
  });
}
