/** The driver of Secret Manager's add-on: it mounts secrets as files. Nothing is mounted here. */
export const secretsDriver = {
  apiVersion: "storage.k8s.io/v1",
  kind: "CSIDriver",
  metadata: { name: "secrets-store-gke.csi.k8s.io" },
  spec: {
    attachRequired: false,
    podInfoOnMount: true,
    requiresRepublish: true,
    volumeLifecycleModes: ["Ephemeral"],
  },
};
