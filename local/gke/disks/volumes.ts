import type { Api, KubernetesObject } from "../../clusters/api";
import { type Controller, startController } from "../../clusters/controller";
import { type Claim, diskOf, NoDisk, parametersOf, sizeOf } from "./disk";
import type { Home } from "../home";
import { Attempts, dropFinalizer, ensure, tell, unless } from "../objects";
import { found, idOf, type Piece, settle } from "../pieces";
import { quantity } from "../quantity";
import { driver, formerDriver } from "./storage-classes";

interface PersistentVolumeClaim extends KubernetesObject {
  readonly spec: {
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly accessModes: readonly string[];
    readonly volumeMode?: string;
    readonly resources: { readonly requests: { readonly storage: string } };
    readonly dataSource?: unknown;
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

interface PersistentVolume extends KubernetesObject {
  readonly spec: {
    readonly capacity: { readonly storage: string };
    readonly claimRef?: { readonly name: string; readonly namespace: string; readonly uid: string };
    readonly csi?: { readonly driver: string; readonly volumeHandle: string };
    readonly persistentVolumeReclaimPolicy: string;
  };
  readonly status?: { readonly phase?: string };
}

interface StorageClass extends KubernetesObject {
  readonly provisioner: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly mountOptions?: readonly string[];
  readonly allowedTopologies?: readonly {
    readonly matchLabelExpressions?: readonly { readonly key: string; readonly values: readonly string[] }[];
  }[];
}

const zoneLabel = "topology.gke.io/zone";
const zoneLabels = [zoneLabel, "topology.kubernetes.io/zone"];
const selectedNode = "volume.kubernetes.io/selected-node";
const provisioner = "volume.kubernetes.io/storage-provisioner";
const provisionedBy = "pv.kubernetes.io/provisioned-by";
const finalizer = "external-provisioner.volume.kubernetes.io/finalizer";

/** A volume's handle is its disk's id, which says whether it is zonal. */
const diskKind = (handle: string): string =>
  handle.includes("/regions/") ? "compute/regionDisk:RegionDisk" : "compute/disk:Disk";

/** Milliseconds until a claim that could not be served is looked at again. */
const againMilliseconds = 5_000;

/** Gives claims their disks, lets them grow, and takes the disks of deleted claims away: the CSI driver's part. */
export function startVolumes(api: Api, home: Home, onError: (error: unknown) => void): Controller {
  const watches = {
    claims: "/api/v1/persistentvolumeclaims",
    volumes: "/api/v1/persistentvolumes",
    classes: "/apis/storage.k8s.io/v1/storageclasses",
    nodes: "/api/v1/nodes",
  };
  return startController({
    api,
    watches,
    every: againMilliseconds,
    onError,
    reconcile: async (seen) => {
      const claims = seen.claims as readonly PersistentVolumeClaim[];
      const volumes = seen.volumes as readonly PersistentVolume[];
      const classes = seen.classes as readonly StorageClass[];
      const attempts = new Attempts();
      await Promise.all([
        ...claims.map((claim) => attempts.at(() => provision(api, home, claim, classes, seen.nodes))),
        ...volumes.filter(isOurs).map((volume) => attempts.at(() => reclaim(api, home, volume))),
        ...volumes.filter(isOurs).map((volume) => attempts.at(() => grow(api, home, volume, claims))),
      ]);
      attempts.end();
    },
  });
}

const isOurs = ({ metadata, spec }: PersistentVolume): boolean =>
  metadata.annotations?.[provisionedBy] === driver && spec.csi?.driver === driver;

async function provision(
  api: Api,
  home: Home,
  claim: PersistentVolumeClaim,
  classes: readonly StorageClass[],
  nodes: readonly KubernetesObject[],
): Promise<void> {
  const { annotations = {}, deletionTimestamp } = claim.metadata;
  const storageClass = classes.find(({ metadata }) => metadata.name === claim.spec.storageClassName);
  // Kubernetes writes the annotation once the claim may be served: with a class that waits, once it has a node.
  if (annotations[provisioner] !== driver || claim.spec.volumeName || deletionTimestamp || !storageClass)
    return;
  if (![driver, formerDriver].includes(storageClass.provisioner)) return;
  const node = annotations[selectedNode];
  const path = `/api/v1/namespaces/${claim.metadata.namespace}/persistentvolumeclaims/${claim.metadata.name}`;
  try {
    const chosen = nodes.find(({ metadata }) => metadata.name === node);
    if (storageClass.volumeBindingMode === "WaitForFirstConsumer") {
      if (node === undefined) return;
      if (!chosen) {
        // The node is gone; the scheduler looks for another one.
        await api.patch(path, { metadata: { annotations: { [selectedNode]: null } } });
        return;
      }
    }
    refuseWhatNoDiskCan(claim);
    const disk = diskOf(home, wishOf(claim, storageClass, chosen), nodes.flatMap(zoneOf));
    const { inputs } = await settle(home.cloud, home.project, asItIs(home, disk));
    const volume = volumeOf(home, claim, storageClass, disk, Number(inputs["size"]));
    await ensure(api, "/api/v1/persistentvolumes", volume);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await tell(api, {
      about: { ...claim, apiVersion: "v1", kind: "PersistentVolumeClaim" },
      type: "Warning",
      reason: "ProvisioningFailed",
      message: `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${why}`,
      component: driver,
    });
  }
}

/** A disk that was made before its volume could be keeps what it was made with. */
function asItIs(home: Home, disk: Piece): Piece {
  const there = found(home.cloud, home.project, disk);
  return there ? { kind: disk.kind, inputs: there.inputs } : { kind: disk.kind, inputs: disk.inputs };
}

function refuseWhatNoDiskCan({ spec }: PersistentVolumeClaim): void {
  if (spec.dataSource) throw new NoDisk("snapshots and clones are not emulated");
  if (spec.volumeMode !== "Block" && spec.accessModes.includes("ReadWriteMany"))
    throw new NoDisk("a disk with a file system has one writer: ReadWriteMany is not possible");
}

function wishOf(claim: PersistentVolumeClaim, storageClass: StorageClass, node?: KubernetesObject): Claim {
  const { name, namespace = "default", uid = "" } = claim.metadata;
  const [zone] = node ? zoneOf(node) : [];
  if (node && zone === undefined) throw new NoDisk(`node ${node.metadata.name} has no label ${zoneLabel}`);
  const allowed = storageClass.allowedTopologies?.flatMap(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.filter(({ key }) => zoneLabels.includes(key)).flatMap(({ values }) => values),
  );
  return {
    ...{ name, namespace, uid, bytes: quantity(claim.spec.resources.requests.storage) },
    parameters: storageClass.parameters ?? {},
    ...(zone !== undefined && { zone }),
    ...(allowed && allowed.length > 0 && { allowed }),
  };
}

const zoneOf = ({ metadata }: KubernetesObject): string[] =>
  zoneLabels.flatMap((label) => metadata.labels?.[label] ?? []).slice(0, 1);

function volumeOf(
  home: Home,
  claim: PersistentVolumeClaim,
  { metadata, reclaimPolicy = "Delete", parameters = {}, mountOptions }: StorageClass,
  disk: Piece & { zones: readonly string[] },
  gib: number,
) {
  const { name, namespace, uid } = claim.metadata;
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: {
      name: `pvc-${uid}`,
      annotations: { [provisionedBy]: driver },
      finalizers: [finalizer],
    },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: `${gib}Gi` },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace, uid },
      csi: {
        driver,
        volumeHandle: idOf(home.cloud, home.project, disk),
        ...(claim.spec.volumeMode !== "Block" && { fsType: parametersOf(parameters).fsType }),
      },
      ...(mountOptions && { mountOptions }),
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: zoneLabel, operator: "In", values: disk.zones }] }],
        },
      },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: metadata.name,
      volumeMode: claim.spec.volumeMode ?? "Filesystem",
    },
  };
}

/** Takes the disk of a volume that nobody claims any more, unless it is to be kept. */
async function reclaim(api: Api, home: Home, { metadata, spec, status }: PersistentVolume): Promise<void> {
  const path = `/api/v1/persistentvolumes/${metadata.name}`;
  if (status?.phase !== "Released" || !spec.csi) return;
  if (spec.persistentVolumeReclaimPolicy === "Delete") {
    const { volumeHandle } = spec.csi;
    await home.cloud.remove(diskKind(volumeHandle), home.project, volumeHandle);
    await api.delete(path).catch(unless(404));
    await dropFinalizer(api, path, finalizer);
  } else if (metadata.deletionTimestamp) {
    await dropFinalizer(api, path, finalizer);
  }
}

/** Makes a disk as large as its claim asks; there is no kubelet here, so its file system counts as grown with it. */
async function grow(
  api: Api,
  home: Home,
  { metadata, spec }: PersistentVolume,
  claims: readonly PersistentVolumeClaim[],
): Promise<void> {
  const claim = claims.find((other) => other.metadata.uid === spec.claimRef?.uid);
  if (!claim || claim.status?.phase !== "Bound" || !spec.csi) return;
  const size = sizeOf(quantity(claim.spec.resources.requests.storage));
  const storage = `${Math.max(size, sizeOf(quantity(spec.capacity.storage)))}Gi`;
  if (size > sizeOf(quantity(spec.capacity.storage))) {
    const { volumeHandle } = spec.csi;
    const disk = home.cloud
      .list(diskKind(volumeHandle), volumeHandle)
      .find(({ id, project }) => id === volumeHandle && project === home.project);
    if (!disk) throw new Error(`the disk ${volumeHandle} of volume ${metadata.name} is gone`);
    await home.cloud.update(disk.kind, home.project, disk.id, { ...disk.inputs, size });
    await api.patch(`/api/v1/persistentvolumes/${metadata.name}`, { spec: { capacity: { storage } } });
  }
  if (quantity(claim.status.capacity?.storage ?? 0) < quantity(storage)) {
    const path = `/api/v1/namespaces/${claim.metadata.namespace}/persistentvolumeclaims/${claim.metadata.name}`;
    await api.patch(`${path}/status`, { status: { capacity: { storage }, conditions: null } });
  }
}
