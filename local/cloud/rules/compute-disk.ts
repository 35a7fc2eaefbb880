import { computeName, created, selfLink } from "./compute-names";
import { isZone, regionOf } from "./container-places";
import { lastSegment, listAt, numberAt, textAt } from "./read";
import {
  deletionPolicy,
  labelOutputs,
  labels,
  list,
  number,
  object,
  oneOf,
  project,
  region,
  text,
  type Fields,
  type Rule,
  type Values,
} from "./shape";

const key = { kinds: ["kms/cryptoKey:CryptoKey"] };

const shared = {
  accessMode: oneOf(["READ_WRITE_SINGLE", "READ_WRITE_MANY", "READ_ONLY_MANY"], { computed: true }),
  deletionPolicy: deletionPolicy(),
  description: text({ replaces: true }),
  labels: labels(),
  name: text(computeName),
  physicalBlockSizeBytes: number({ values: [4096, 16384], replaces: true, computed: true }),
  project: project(),
  provisionedIops: number({ min: 1, computed: true }),
  provisionedThroughput: number({ min: 1, computed: true }),
  size: number({ min: 1, max: 65536, computed: true }),
  type: text({ replaces: true, default: "pd-standard" }),
} satisfies Fields;

const computed = [
  "accessMode",
  "creationTimestamp",
  "diskId",
  "effectiveLabels",
  "labelFingerprint",
  "lastAttachTimestamp",
  "lastDetachTimestamp",
  "physicalBlockSizeBytes",
  "provisionedIops",
  "provisionedThroughput",
  "pulumiLabels",
  "selfLink",
  "size",
  "users",
];

/** Nobody attaches it, so it has no users. */
const diskOutputs: NonNullable<Rule["outputs"]> = ({ id, inputs }, around) => ({
  accessMode: "READ_WRITE_SINGLE",
  creationTimestamp: created,
  diskId: around.number(19, id),
  labelFingerprint: "42WmSpB8rSM=",
  lastAttachTimestamp: "",
  lastDetachTimestamp: "",
  physicalBlockSizeBytes: 4096,
  provisionedIops: 0,
  provisionedThroughput: 0,
  selfLink: selfLink(id),
  size: 500,
  users: [],
  ...labelOutputs(inputs["labels"]),
});

/** A disk grows in place; a smaller one is another disk. */
const shrinks = (old: Values, next: Values): string[] =>
  (numberAt(next, "size") ?? Infinity) < (numberAt(old, "size") ?? 0) ? ["size"] : [];

const disk: Rule = {
  kind: "compute/disk:Disk",
  api: "compute.googleapis.com",
  id: "projects/{project}/zones/{zone}/disks/{name}",
  autonamed: "name",
  inputs: {
    ...shared,
    diskEncryptionKey: object(
      {
        kmsKeySelfLink: text({ replaces: true, computed: true, reference: key }),
        kmsKeyServiceAccount: text({ replaces: true }),
      },
      { replaces: true },
    ),
    zone: text({ replaces: true }),
  },
  computed,
  outputs: diskOutputs,
  refuses: (inputs) =>
    isZone(textAt(inputs, "zone") ?? "") ? [] : [`zone: ${textAt(inputs, "zone")} is not a zone`],
  replacesWhen: shrinks,
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_disk",
};

const regionDisk: Rule = {
  kind: "compute/regionDisk:RegionDisk",
  api: "compute.googleapis.com",
  id: "projects/{project}/regions/{region}/disks/{name}",
  autonamed: "name",
  inputs: {
    ...shared,
    diskEncryptionKey: object({ kmsKeyName: text({ replaces: true, reference: key }) }, { replaces: true }),
    region: region(),
    replicaZones: list(text(), { required: true, replaces: true, maxItems: 2 }),
  },
  computed,
  outputs: diskOutputs,
  refuses: (inputs) => {
    const zones = listAt(inputs, "replicaZones").map(String).map(lastSegment);
    const region = textAt(inputs, "region");
    return [
      ...(new Set(zones).size === 2 ? [] : ["replicaZones: exactly two zones"]),
      ...zones
        .filter((zone) => regionOf(zone) !== region || !isZone(zone))
        .map((zone) => `replicaZones: ${zone} is not a zone of ${region}`),
    ];
  },
  replacesWhen: shrinks,
  takes: { create: 5, update: 5, remove: 5 },
  source: "terraform-provider-google resource_compute_region_disk",
};

export const disks: readonly Rule[] = [disk, regionDisk];
