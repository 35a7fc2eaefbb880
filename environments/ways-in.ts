import type * as pulumi from "@pulumi/pulumi";

import { Gateway } from "../components/gateway";
import { PublicName } from "../components/public-name";
import type { Catalogue } from "../config/catalogue";
import type { Loaded } from "../config/load";
import { hostName, physicalName } from "../config/names";
import type { DeliverySettings } from "../config/settings";
import type { Ground } from "./ground";

/** The name of a service's host, and what it is reached by. */
export interface Route {
  readonly hostname: string;
  readonly gateway: pulumi.Output<string>;
}

/** How the internet reaches the services of an environment. */
export interface WaysIn {
  /** What the route of each service that is exposed needs to know; whatever has it goes before the gateway does. */
  readonly routes: Readonly<Record<string, Route>>;
  readonly parts: readonly pulumi.Resource[];
  readonly outputs: {
    /** Where each service that is exposed answers. */
    readonly urls: Readonly<Record<string, string>>;
    /** Servers to delegate the domain to; absent where others own it. */
    readonly nameServers?: pulumi.Output<string[]>;
  };
}

/**
 * The gateway with its names: the environment's own domain, of which every host leads here, or one name a host in the
 * domain that it shares.
 */
export function createWaysIn(
  stack: string,
  settings: Loaded<DeliverySettings>,
  { outside, inside }: Ground,
  namespace: pulumi.Input<string>,
  catalogue: Catalogue,
): WaysIn {
  const { domain, shared } = settings.gateway;
  const { lifecycle } = settings;
  const calledAs = physicalName("publicName", stack, "public");
  const { zone, certificateMap, own } = shared
    ? { ...shared, own: undefined }
    : ownName(new PublicName("public", { domain, calledAs, lifecycle }, outside));
  const exposed = Object.entries(catalogue).flatMap(([service, { exposes }]) =>
    exposes
      ? [{ service, ...exposes, hostname: hostName({ ...exposes, domain, stack, shared: !!shared }) }]
      : [],
  );
  const gateway = new Gateway(
    "public",
    {
      prefix: stack,
      namespace,
      zone,
      certificateMap,
      hosts: own
        ? { wildcard: `*.${domain}` }
        : Object.fromEntries(exposed.map(({ host, hostname }) => [host, hostname])),
      lifecycle,
    },
    { providers: [...outside.providers, inside.provider] },
  );
  return {
    routes: Object.fromEntries(
      exposed.map(({ service, hostname }) => [service, { hostname, gateway: gateway.name }]),
    ),
    parts: [...(own ? [own] : []), gateway],
    outputs: {
      urls: Object.fromEntries(
        exposed.map(({ service, hostname, path }) => [service, `https://${hostname}${path}`]),
      ),
      ...(own && { nameServers: own.nameServers }),
    },
  };
}

const ownName = (own: PublicName) => ({ zone: own.zone, certificateMap: own.certificateMap, own });
