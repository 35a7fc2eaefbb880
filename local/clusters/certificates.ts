import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { serviceAddress } from "./flags";
import { kubeconfigText } from "./kubeconfig";
import type { Layout } from "./layout";
import type { Programs } from "./programs";

/** A client certificate with its key and the authority that the API server is signed by, all as PEM. */
export interface Credentials {
  caCertificate: string;
  clientCertificate: string;
  clientKey: string;
}

/** Who speaks to the API server, under the name of their certificate. */
const users = ["admin", "kube-controller-manager", "kube-scheduler", "kwok"] as const;

/** Makes the control plane's own authority and everything that it signs, once: a restart keeps them. */
export async function ensureCertificates(
  layout: Layout,
  programs: Programs,
  hostNames: readonly string[],
): Promise<void> {
  if (existsSync(layout.certificates)) return;
  // Whole or not at all: a start that is killed here must not leave half an authority.
  const unfinished = `${layout.certificates}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  await promisify(execFile)(programs.kubernetes, ["certificates", unfinished, serviceAddress, ...hostNames]);
  renameSync(unfinished, layout.certificates);
}

/** Writes a kubeconfig for each part and for the admin. */
export function writeKubeconfigs(layout: Layout, endpoint: string): void {
  for (const user of users) {
    const file = layout.kubeconfig(user);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, kubeconfigText(user, { endpoint, ...credentialsOf(layout, user) }), { mode: 0o600 });
  }
}

export function credentialsOf(layout: Layout, user: (typeof users)[number]): Credentials {
  const read = (name: string) => readFileSync(join(layout.certificates, name), "utf8");
  return {
    caCertificate: read("ca.crt"),
    clientCertificate: read(`${user}.crt`),
    clientKey: read(`${user}.key`),
  };
}
