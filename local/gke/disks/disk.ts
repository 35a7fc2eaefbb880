/** Which disk of the cloud a claim gets. */
import { createHash } from "node:crypto";

import { hash, type Home, labelsOf } from "../home";
import type { Piece } from "../pieces";
import { driver } from "./storage-classes";

/** Why a claim gets no disk, in the words of its event. */
export class NoDisk extends Error {
  public override readonly name = "NoDisk";
}

export interface Claim {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly bytes: number;
  /** Parameters of its class. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Zone of the node that waits for it, where its class lets it wait. */
  readonly zone?: string;
  /** Zones that its class allows, all where it names none. */
  readonly allowed?: readonly string[];
}

interface Parameters {
  type: string;
  regional: boolean;
  fsType: string;
  labels: Record<string, string>;
  key?: string;
  iops?: number;
  throughput?: number;
}

const gib = 2 ** 30;

/** What a class says, in the driver's words; a word that it does not know is a mistake. */
export function parametersOf(given: Readonly<Record<string, string>>): Parameters {
  const read: Parameters = { type: "pd-standard", regional: false, fsType: "ext4", labels: {} };
  for (const [name, value] of Object.entries(given)) {
    switch (name.toLowerCase()) {
      case "type":
        read.type = value.toLowerCase() || read.type;
        break;
      case "replication-type":
        if (!["none", "regional-pd", ""].includes(value.toLowerCase()))
          throw new NoDisk(`replication-type: ${value} is not one of none, regional-pd`);
        read.regional = value.toLowerCase() === "regional-pd";
        break;
      case "disk-encryption-kms-key":
        read.key = value;
        break;
      case "labels":
        Object.assign(read.labels, labelsIn(value));
        break;
      case "provisioned-iops-on-create":
        read.iops = wholeNumber(name, value);
        break;
      case "provisioned-throughput-on-create":
        read.throughput = wholeNumber(name, value.replace(/Mi$/, ""));
        break;
      case "csi.storage.k8s.io/fstype":
      case "fstype":
        read.fsType = value;
        break;
      default:
        throw new NoDisk(`parameters contains invalid option "${name}"`);
    }
  }
  return read;
}

/** The disk of a claim: zonal, or in two zones of the region. */
export function diskOf(home: Home, claim: Claim, nodeZones: readonly string[]): Piece & { zones: string[] } {
  const { type, regional, labels, key, iops, throughput } = parametersOf(claim.parameters);
  const zones = zonesOf(claim, nodeZones, regional ? 2 : 1);
  const inputs = {
    name: `pvc-${claim.uid}`,
    description: JSON.stringify({
      "kubernetes.io/created-for/pv/name": `pvc-${claim.uid}`,
      "kubernetes.io/created-for/pvc/name": claim.name,
      "kubernetes.io/created-for/pvc/namespace": claim.namespace,
      "storage.gke.io/created-by": driver,
    }),
    size: sizeOf(claim.bytes),
    type,
    labels: {
      ...labelsOf(home),
      "goog-gke-cluster-id-base32": base32(hash(home, 64, "cluster")),
      "goog-gke-volume": "",
      ...labels,
    },
    ...(iops !== undefined && { provisionedIops: iops }),
    ...(throughput !== undefined && { provisionedThroughput: throughput }),
  };
  return regional
    ? {
        kind: "compute/regionDisk:RegionDisk",
        zones,
        inputs: {
          ...inputs,
          region: home.region,
          replicaZones: zones,
          ...(key && { diskEncryptionKey: { kmsKeyName: key } }),
        },
      }
    : {
        kind: "compute/disk:Disk",
        zones,
        inputs: {
          ...inputs,
          zone: zones[0] as string,
          ...(key && { diskEncryptionKey: { kmsKeySelfLink: key } }),
        },
      };
}

/** Whole GiB, as disks are sold. */
export const sizeOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / gib));

/**
 * The zone of the node first; else the claim's name decides, so that many claims spread and a retry decides alike.
 *
 * Zones that a class names count whether a node is there or not: the provisioner looks at nodes only where it names none.
 * https://github.com/kubernetes-csi/external-provisioner/blob/master/pkg/controller/topology.go
 */
function zonesOf(claim: Claim, nodeZones: readonly string[], count: 1 | 2): string[] {
  const { zone, allowed } = claim;
  const possible = [...new Set(allowed ?? nodeZones)].sort();
  if (zone !== undefined && allowed && !allowed.includes(zone))
    throw new NoDisk(`zone ${zone} of the node is not one that the class allows: ${allowed.join(", ")}`);
  const start = createHash("sha256").update(claim.name).digest().readUInt32BE(0) % (possible.length || 1);
  const others = [...possible.slice(start), ...possible.slice(0, start)].filter((other) => other !== zone);
  const zones = [...(zone === undefined ? [] : [zone]), ...others].slice(0, count);
  if (zones.length < count) {
    const where = allowed ? "in the class" : "with nodes";
    throw new NoDisk(
      `it needs ${count === 1 ? "a zone" : "two zones"} ${where}, and there ${zones.length === 1 ? "is one" : "are none"}`,
    );
  }
  return zones;
}

function labelsIn(value: string): Record<string, string> {
  return Object.fromEntries(
    value.split(",").map((pair) => {
      const [name = "", text, ...rest] = pair.trim().split("=");
      if (!name || text === undefined || rest.length > 0)
        throw new NoDisk(`parameters contain invalid labels parameter: ${value}`);
      return [name, text];
    }),
  );
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new NoDisk(`${name}: ${value} is not a whole number`);
  return Number(value);
}

/** RFC 4648 in lower case and without padding, of hexadecimal digits. */
function base32(hex: string): string {
  const bits = [...hex].map((digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => "abcdefghijklmnopqrstuvwxyz234567".charAt(parseInt(five.padEnd(5, "0"), 2)))
    .join("");
}
