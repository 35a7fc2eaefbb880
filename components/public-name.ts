import * as certificates from "@pulumi/gcp/certificatemanager";
import * as dns from "@pulumi/gcp/dns";
import * as pulumi from "@pulumi/pulumi";

import { versionedName } from "../config/names";
import type { Lifecycle } from "../config/settings";
import { guards } from "./guards";

export interface PublicNameArgs {
  /** Without a dot at its end. */
  domain: string;
  /** What zone and certificate map are called at Google, and what the names of all else begin with. */
  calledAs: string;
  lifecycle: Lifecycle;
}

/**
 * A domain that the internet can look up, and certificates for it and for every host right below it.
 *
 * Google issues the certificate once the domain is delegated to `nameServers`, and renews it by itself. Destroying the
 * zone loses these servers: a new one has others, and whoever delegates the domain has to be asked again.
 */
export class PublicName extends pulumi.ComponentResource {
  /** Name of the Cloud DNS zone. */
  public readonly zone: pulumi.Output<string>;
  /** Name of the certificate map, known when its certificates are in it. */
  public readonly certificateMap: pulumi.Output<string>;
  /** Servers to which the domain has to be delegated where it is registered. */
  public readonly nameServers: pulumi.Output<string[]>;

  constructor(name: string, args: PublicNameArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:index:PublicName", name, {}, opts);

    const { domain, calledAs } = args;
    const { protect, deletionPolicy } = guards(args.lifecycle);
    const zone = new dns.ManagedZone(
      name,
      { name: calledAs, deletionPolicy, ...zoneArgs(args) },
      { parent: this, protect },
    );
    // Google deletes neither an authorisation that a certificate needs nor a certificate that a map serves: what
    // another domain would replace has another name then, and goes when the new one is in its place.
    const replaced = { parent: this, deleteBeforeReplace: false };
    const called = (part: string) => versionedName("publicName", [calledAs, part], domain);
    const authorization = new certificates.DnsAuthorization(
      name,
      { name: called("authorization"), domain, description: `Proves to Google that ${domain} is ours` },
      replaced,
    );
    const record = new dns.RecordSet(
      `${name}-authorization`,
      { managedZone: zone.name, ttl: 300, ...proofOf(authorization) },
      { parent: this },
    );
    const certificate = new certificates.Certificate(
      name,
      {
        name: called("certificate"),
        description: `For ${domain} and every host right below it`,
        managed: { domains: [domain, `*.${domain}`], dnsAuthorizations: [authorization.id] },
      },
      // Google looks for the record as soon as there is a certificate.
      { ...replaced, dependsOn: [record] },
    );
    const map = new certificates.CertificateMap(
      name,
      { name: calledAs, description: `Certificates of gateways for hosts of ${domain}`, deletionPolicy },
      { parent: this, protect },
    );
    const entries = Object.entries({ apex: domain, wildcard: `*.${domain}` }).map(
      ([key, hostname]) =>
        new certificates.CertificateMapEntry(
          `${name}-${key}`,
          { name: called(key), map: map.name, hostname, certificates: [certificate.id] },
          replaced,
        ),
    );

    this.zone = zone.name;
    // By their names: an id is unknown while one of them is planned, and whatever uses the map would seem to change.
    this.certificateMap = pulumi.all(entries.map((entry) => entry.name)).apply(() => map.name);
    this.nameServers = zone.nameServers;
    this.registerOutputs({
      zone: this.zone,
      certificateMap: this.certificateMap,
      nameServers: this.nameServers,
    });
  }
}

/** Signed, so that nobody can answer in our place, and every look-up in the log. */
export function zoneArgs({ domain }: Pick<PublicNameArgs, "domain">) {
  return {
    dnsName: `${domain}.`,
    description: `Hosts below ${domain}, for the internet`,
    visibility: "public",
    dnssecConfig: { state: "on" },
    cloudLoggingConfig: { enableLogging: true },
    // Names that others put into it are in use: Google refuses to delete it while there are any.
    forceDestroy: false,
  } satisfies dns.ManagedZoneArgs;
}

/** The record that Google looks for. */
function proofOf({ dnsResourceRecords }: certificates.DnsAuthorization) {
  const wanted = (key: "name" | "type" | "data") =>
    dnsResourceRecords.apply(([record]) => record?.[key] ?? "");
  return { name: wanted("name"), type: wanted("type"), rrdatas: [wanted("data")] };
}
