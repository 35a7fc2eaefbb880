import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { ControlPlane } from "../../clusters/control-plane";

/**
 * What makes the program's own kubeconfig work on this machine, unchanged: it names a cluster's DNS endpoint, no
 * certificate, and the plugin that asks Google who you are.
 */
export interface Login {
  /** Holds the stand-in for the plugin, what it answers, and the authorities to trust. */
  readonly folder: string;
}

/** The plugin's name, as every kubeconfig for GKE has it. */
const pluginName = "gke-gcloud-auth-plugin";

/**
 * Answers for the cluster that kubectl, Helm or a provider asks about. Plain shell, since it may be called where
 * nothing else is on the path.
 */
const plugin = `#!/bin/sh
# Stands in for ${pluginName}: whoever can read this folder is the admin of its clusters.
host=$(printf '%s' "$KUBERNETES_EXEC_INFO" | sed -n 's|.*"server": *"https://\\([^"/:]*\\).*|\\1|p')
answer="$(dirname "$0")/../credentials/$host.json"
if [ -z "$host" ] || [ ! -f "$answer" ]; then
  echo "${pluginName} of the local world: it has no cluster at '$host'" >&2
  exit 1
fi
exec cat "$answer"
`;

/** Lets whoever may read the folder into a cluster, under the name of its DNS endpoint. */
export function writeLogin({ folder }: Login, hostName: string, control: ControlPlane): void {
  mkdirSync(join(folder, "bin"), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, "credentials"), { recursive: true, mode: 0o700 });
  mkdirSync(join(folder, "authorities"), { recursive: true });
  const program = join(folder, "bin", pluginName);
  writeFileSync(program, plugin);
  chmodSync(program, 0o700);
  const { caCertificate, clientCertificate, clientKey } = control.credentials;
  const answer = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    kind: "ExecCredential",
    status: { clientCertificateData: clientCertificate, clientKeyData: clientKey },
  };
  writeFileSync(answerFile(folder, hostName), JSON.stringify(answer), { mode: 0o600 });
  writeFileSync(authorityFile(folder, hostName), caCertificate);
}

export function removeLogin({ folder }: Login, hostName: string): void {
  rmSync(answerFile(folder, hostName), { force: true });
  rmSync(authorityFile(folder, hostName), { force: true });
}

/**
 * Variables for a process that speaks to clusters by the program's kubeconfig.
 *
 * `proxyPort` is the loopback port of the proxy that knows where their DNS endpoints are here.
 */
export function loginEnvironment({ folder }: Login, proxyPort: number): Record<string, string> {
  return {
    PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter),
    // Go looks into these folders instead of its own, and into the system's one file all the same.
    SSL_CERT_DIR: [join(folder, "authorities"), "/etc/ssl/certs"].join(delimiter),
    HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
  };
}

const answerFile = (folder: string, hostName: string) => join(folder, "credentials", `${hostName}.json`);
const authorityFile = (folder: string, hostName: string) => join(folder, "authorities", `${hostName}.crt`);
