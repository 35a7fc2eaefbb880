import { stringify } from "yaml";

interface Cluster {
  endpoint: string;
  /** As PEM. */
  caCertificate: string;
}

/** What somebody proves to be somebody with: a certificate with its key, both as PEM, or a token. */
type Proof = { clientCertificate: string; clientKey: string } | { token: string };

/** The text of a kubeconfig that holds everything it needs, so that it may be copied elsewhere. */
export function kubeconfigText(user: string, args: Cluster & Proof): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: "local",
        cluster: { server: args.endpoint, "certificate-authority-data": base64(args.caCertificate) },
      },
    ],
    users: [{ name: user, user: proofFields(args) }],
    contexts: [{ name: "local", context: { cluster: "local", user } }],
    "current-context": "local",
  });
}

function proofFields(proof: Proof) {
  if ("token" in proof) return { token: proof.token };
  return {
    "client-certificate-data": base64(proof.clientCertificate),
    "client-key-data": base64(proof.clientKey),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
