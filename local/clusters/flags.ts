/** How each part of a control plane is started: pure, paths as seen from its folder. */
import { names } from "./layout";

/**
 * Addresses of services. On loopback: the API server dials a webhook's service by its address, and a private range may
 * be somebody's network.
 */
export const serviceRange = "127.96.0.0/16";

/** The API server's own address inside the cluster: the first of the range. */
export const serviceAddress = "127.96.0.1";

/** Addresses of pods, which nobody answers at: kept for measurements between networks (RFC 2544), so nobody's. */
const podRange = "198.18.0.0/15";

const certificate = (name: string) => `${names.certificates}/${name}.crt`;
const key = (name: string) => `${names.certificates}/${name}.key`;

export function etcdFlags(): string[] {
  // Socket files instead of ports: nobody else on this machine may read what is in it. What is advertised has to end
  // like a port; nobody asks there, since it has no peers.
  const peers = "unix://etcd-peer.sock:0";
  return [
    "--name=local",
    `--data-dir=${names.data}`,
    `--listen-client-urls=unix://${names.socket}`,
    `--advertise-client-urls=unix://${names.socket}:0`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=local=${peers}`,
    // What a killed process wrote is kept all the same; only a machine that loses power may lose it.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

export function apiServerFlags(port: number): string[] {
  return [
    `--etcd-servers=unix://${names.socket}`,
    "--bind-address=127.0.0.1",
    "--advertise-address=127.0.0.1",
    `--secure-port=${port}`,
    // Endpoints may not be on loopback, so the service `kubernetes` has none.
    "--endpoint-reconciler-type=none",
    `--service-cluster-ip-range=${serviceRange}`,
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    // Pod Security decides who may be privileged, as in GKE; the default here refuses everybody.
    "--allow-privileged=true",
    `--client-ca-file=${certificate("ca")}`,
    `--tls-cert-file=${certificate("kube-apiserver")}`,
    `--tls-private-key-file=${key("kube-apiserver")}`,
    `--kubelet-certificate-authority=${certificate("ca")}`,
    `--kubelet-client-certificate=${certificate("kubelet-client")}`,
    `--kubelet-client-key=${key("kubelet-client")}`,
    `--requestheader-client-ca-file=${certificate("front-proxy-ca")}`,
    "--requestheader-allowed-names=front-proxy-client",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${certificate("front-proxy-client")}`,
    `--proxy-client-key-file=${key("front-proxy-client")}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    `--service-account-key-file=${names.certificates}/service-accounts.pub`,
    `--service-account-signing-key-file=${key("service-accounts")}`,
  ];
}

export function controllerManagerFlags(): string[] {
  return [
    `--kubeconfig=${names.kubeconfig("kube-controller-manager")}`,
    "--secure-port=0",
    "--leader-elect=false",
    "--use-service-account-credentials=true",
    `--root-ca-file=${certificate("ca")}`,
    `--cluster-signing-cert-file=${certificate("ca")}`,
    `--cluster-signing-key-file=${key("ca")}`,
    `--service-account-private-key-file=${key("service-accounts")}`,
    // With the defaults the first pod takes seven seconds instead of three.
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--pvclaimbinder-sync-period=1s",
  ];
}

export function schedulerFlags(): string[] {
  return [`--kubeconfig=${names.kubeconfig("kube-scheduler")}`, "--secure-port=0", "--leader-elect=false"];
}

export function kwokFlags(): string[] {
  return [
    `--kubeconfig=${names.kubeconfig("kwok")}`,
    `--config=${names.stages}`,
    "--manage-all-nodes=true",
    // Heartbeats are in the nodes' status instead: a lease outlives a kwok that was killed, and the next one would
    // leave its nodes alone until it runs out.
    "--node-lease-duration-seconds=0",
    "--node-ip=127.0.0.1",
    `--cidr=${podRange}`,
  ];
}
