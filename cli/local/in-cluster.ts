import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { kubeconfig } from "../../components/kubeconfig";
import { stackNameProblem } from "../../config/stacks";
import { buildPrograms } from "../../local/clusters/programs";
import { loginEnvironment } from "../../local/gke/access/login";
import { WorldClient } from "../../local/world/client";
import type { Layout } from "../../local/world/layout";
import { levelOf } from "../../local/world/level";
import { copiedSettings } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { clusterIn, dnsEndpointOf, resourcesOf } from "./cluster";
import { type LocalOptions, worldLayout } from "./session";
import { checked } from "./settings";

/**
 * `platform local kubectl` and `platform local helm`: the real command on the cluster of a stack, by the kubeconfig
 * that the program itself uses. Its exit code is the command's.
 */
export async function inCluster(
  tool: "kubectl" | "helm",
  stack: string,
  args: readonly string[],
  options: LocalOptions,
): Promise<void> {
  const wrongName = stackNameProblem(stack);
  if (wrongName !== undefined) throw new CommandFailure(wrongName, exitCodes.wrong);
  const layout = worldLayout(options);
  const known = copiedSettings(layout, stack);
  if (!known) {
    throw new CommandFailure(
      `${stack} is not in this local world; bring it up first: ./platform local up ${stack}`,
      exitCodes.wrong,
    );
  }
  if (levelOf(layout) !== "full") {
    throw new CommandFailure(
      `this local world has no Kubernetes: it began at level plan, which only records what goes into the clusters; ` +
        "end it (./platform local down) and begin one at level full",
      exitCodes.wrong,
    );
  }
  const programs = await buildPrograms();
  const client = await WorldClient.start(layout.folder, options.scale, "full");
  const cluster = clusterIn(resourcesOf(stack, checked(known).project, await client.resources()));
  if (!cluster || client.proxyPort === undefined) {
    throw new CommandFailure(`${stack} has no cluster in this local world`, exitCodes.wrong);
  }
  const text = kubeconfig(cluster.id.split("/").at(-1) ?? "", dnsEndpointOf(cluster));
  const [program, ...before] = tool === "helm" ? [programs.helm] : [programs.kubernetes, "kubectl"];
  process.exitCode = await runWith(layout, text, client.proxyPort, program, [...before, ...args]);
}

async function runWith(
  layout: Layout,
  text: string,
  proxyPort: number,
  program: string,
  args: readonly string[],
): Promise<number> {
  const folder = mkdtempSync(join(layout.login, "session-"));
  const file = join(folder, "kubeconfig.json");
  writeFileSync(file, text, { mode: 0o600 });
  try {
    const child = spawn(program, args, {
      stdio: "inherit",
      env: {
        ...process.env,
        ...loginEnvironment({ folder: layout.login }, proxyPort),
        KUBECONFIG: file,
        KUBECACHEDIR: join(layout.login, "cache"),
      },
    });
    // The terminal sends Ctrl-C to both; this one stays until the other has ended, to clean up.
    const wait = () => undefined;
    process.on("SIGINT", wait).on("SIGTERM", wait);
    return await new Promise<number>((resolve, reject) => {
      child.once("error", reject).once("exit", (code) => resolve(code ?? exitCodes.failed));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
