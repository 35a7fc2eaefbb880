import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { kubeconfig } from "../../components/kubeconfig";
import { stackNameProblem } from "../../config/stacks";
import { buildPrograms } from "../../local/clusters/programs";
import { dnsEndpointOf } from "../../local/gke/access/dns-endpoint";
import { type Login, pluginPath, withWayTo } from "../../local/gke/access/login";
import { WorldClient } from "../../local/world/client";
import { levelOf } from "../../local/world/level";
import { copiedSettings } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { clusterIn, resourcesOf } from "./cluster";
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
  if (!cluster || client.proxyUrl === undefined) {
    throw new CommandFailure(`${stack} has no cluster in this local world`, exitCodes.wrong);
  }
  const login = { folder: layout.login };
  const hostName = dnsEndpointOf(cluster);
  const own = kubeconfig(cluster.id.split("/").at(-1) ?? "", hostName);
  const text = withWayTo(own, login, hostName, client.proxyUrl);
  const [program, ...before] = tool === "helm" ? [programs.helm] : [programs.kubernetes, "kubectl"];
  process.exitCode = await runWith(login, text, program, [...before, ...args]);
}

async function runWith(
  login: Login,
  text: string,
  program: string,
  args: readonly string[],
): Promise<number> {
  const folder = mkdtempSync(join(login.folder, "session-"));
  const file = join(folder, "kubeconfig.json");
  writeFileSync(file, text, { mode: 0o600 });
  const child = spawn(program, args, {
    stdio: "inherit",
    env: {
      ...withoutOtherClusters(process.env),
      ...pluginPath(login),
      KUBECONFIG: file,
      KUBECACHEDIR: join(login.folder, "cache"),
      KUBERC: "off",
    },
  });
  // The terminal sends Ctrl-C to both; this one stays until the other has ended, to clean up.
  const stay = () => undefined;
  const passOn = () => void child.kill("SIGTERM");
  process.on("SIGINT", stay).on("SIGTERM", passOn);
  try {
    return await new Promise<number>((resolve, reject) => {
      child
        .once("error", reject)
        .once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  } finally {
    process.off("SIGINT", stay).off("SIGTERM", passOn);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Helm's variables that name another cluster, another namespace or another place for its records. */
const othersOfHelm = /^HELM_(KUBE.*|NAMESPACE|DRIVER.*)$/;

function withoutOtherClusters(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !othersOfHelm.test(name)));
}
