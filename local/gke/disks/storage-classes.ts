/** Classes of volumes that every GKE cluster has. */
export const driver = "pd.csi.storage.gke.io";

/** The name of a driver that Kubernetes had inside; its classes are served by the one above. */
export const formerDriver = "kubernetes.io/gce-pd";

const labels = {
  "addonmanager.kubernetes.io/mode": "EnsureExists",
  "k8s-app": "gcp-compute-persistent-disk-csi-driver",
};

const classOf = (name: string, type: string, facts: { standard?: boolean; delayed: boolean }) => ({
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: {
    name,
    labels,
    annotations: {
      "components.gke.io/component-name": "pdcsi",
      ...(facts.standard && { "storageclass.kubernetes.io/is-default-class": "true" }),
    },
  },
  provisioner: facts.delayed ? driver : formerDriver,
  parameters: { type },
  reclaimPolicy: "Delete",
  allowVolumeExpansion: true,
  volumeBindingMode: facts.delayed ? "WaitForFirstConsumer" : "Immediate",
});

export const storageClasses = [
  classOf("standard-rwo", "pd-balanced", { standard: true, delayed: true }),
  classOf("premium-rwo", "pd-ssd", { delayed: true }),
  classOf("standard", "pd-standard", { delayed: false }),
];

export const csiDriver = {
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  metadata: { name: driver },
  spec: {
    // True in GKE. Here no machine is there to attach a disk to, and an attachment that nobody confirms would hold
    // the volume when its pod goes.
    attachRequired: false,
    podInfoOnMount: false,
    storageCapacity: false,
    volumeLifecycleModes: ["Persistent"],
  },
};
