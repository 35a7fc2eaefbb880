import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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
  writeFileSync(authorityFile({ folder }, hostName), caCertificate);
}

export function removeLogin({ folder }: Login, hostName: string): void {
  rmSync(answerFile(folder, hostName), { force: true });
  rmSync(authorityFile({ folder }, hostName), { force: true });
}

/** Takes the logins of all clusters away but of those behind these names. */
export function keepLogins({ folder }: Login, hostNames: readonly string[]): void {
  if (!existsSync(join(folder, "credentials"))) return;
  for (const file of readdirSync(join(folder, "credentials"))) {
    const hostName = file.replace(/\.json$/, "");
    if (!hostNames.includes(hostName)) removeLogin({ folder }, hostName);
  }
}

/** Variables that let a process find the stand-in for the plugin, before any other of its name. */
export function pluginPath({ folder }: Login): { PATH: string } {
  return { PATH: [join(folder, "bin"), process.env["PATH"] ?? ""].join(delimiter) };
}

/**
 * Variables for a process that speaks to clusters by the program's kubeconfig as it is. Go looks at them, though on
 * macOS not for the authorities.
 */
export function loginEnvironment(login: Login, proxyUrl: string): Record<string, string> {
  return {
    ...pluginPath(login),
    // Beside the system's one file, which Go reads all the same.
    SSL_CERT_DIR: [join(login.folder, "authorities"), process.env["SSL_CERT_DIR"] ?? "/etc/ssl/certs"].join(
      delimiter,
    ),
    ...wayThrough(proxyUrl),
  };
}

/** Variables that lead a process to whatever the proxy knows, for Go and most others. */
export function wayThrough(proxyUrl: string): Record<string, string> {
  // Both: Go falls back to the other spelling. The user's own exceptions might name what is here.
  return { HTTPS_PROXY: proxyUrl, NO_PROXY: "", no_proxy: "" };
}

/** The program's kubeconfig with the way to a cluster and its authority written in, for a command of this machine. */
export function withWayTo(kubeconfig: string, { folder }: Login, hostName: string, proxyUrl: string): string {
  const config = JSON.parse(kubeconfig) as { clusters: { name: string; cluster: object }[] };
  const way = { "proxy-url": proxyUrl, "certificate-authority": authorityFile({ folder }, hostName) };
  const clusters = config.clusters.map(({ name, cluster }) => ({ name, cluster: { ...cluster, ...way } }));
  return JSON.stringify({ ...config, clusters });
}

const answerFile = (folder: string, hostName: string) => join(folder, "credentials", `${hostName}.json`);

/** What is trusted for a host, beside the others that a login trusts. */
export function authorityFile({ folder }: Login, hostName: string): string {
  return join(folder, "authorities", `${hostName}.crt`);
}
