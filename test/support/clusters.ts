/** Control planes for tests: real ones, each in a temporary folder of its own. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";

import { kubectl } from "../../local/clusters/commands";
import { type ControlPlane, startControlPlane } from "../../local/clusters/control-plane";
import type { NodePool } from "../../local/clusters/node-pools";
import { buildPrograms } from "../../local/clusters/programs";
import { nodeResources } from "../../local/gke/nodes/node-size";

/** A folder for one control plane; `removeFolders` takes it away. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "platform-clusters-"));
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export async function startTemporary(): Promise<ControlPlane> {
  return startControlPlane({ folder: join(temporaryFolder(), "cluster"), programs: await buildPrograms() });
}

/** Nodes of a pool, as large as its machine type says. */
export function pool(overrides: Partial<NodePool & { diskGb: number; podsPerNode: number }> = {}): NodePool {
  const { diskGb = 100, podsPerNode = 110, machineType = "e2-standard-4", ...others } = overrides;
  return {
    cluster: "staging",
    name: "services",
    count: 1,
    zones: ["europe-west1-b", "europe-west1-c", "europe-west1-d"],
    machineType,
    ...nodeResources({ machineType, diskGb, podsPerNode }),
    spot: false,
    ...others,
  };
}

/** What kubectl prints; a refusal fails the test with its words. */
export async function ask(cluster: ControlPlane, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await kubectl(cluster, args);
  expect(exitCode, stderr).to.equal(0);
  return stdout.trim();
}

export async function apply(cluster: ControlPlane, ...objects: object[]) {
  return kubectl(cluster, ["apply", "-f", "-"], {
    input: objects.map((o) => JSON.stringify(o)).join("\n---\n"),
  });
}

/** A pod that asks for nothing that Pod Security's strictest level refuses. */
export function podSpec(overrides: object = {}) {
  return {
    containers: [
      {
        name: "main",
        image: "example.com/main:1",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    ...overrides,
  };
}

export function podOf(name: string, spec: object, namespace = "default") {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, spec };
}

export function deploymentOf(name: string, replicas: number, spec: object = podSpec()) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  };
}

/** Numbers of the processes that play a part of a control plane below a folder: that is where they are. */
export function partsBelow(folder: string): number[] {
  const lines = execFileSync("ps", ["-ww", "-eo", "pid=,args="], { encoding: "utf8" }).split("\n");
  return lines
    .filter((line) => line.includes("--until-stdin-closes"))
    .map((line) => Number(line.trim().split(" ")[0]))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    });
}
