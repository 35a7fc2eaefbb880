import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";

import { kubeconfig } from "../../components/kubeconfig";
import { stackNameProblem } from "../../config/stacks";
import { buildPrograms } from "../../local/clusters/programs";
import { dnsEndpointOf } from "../../local/gke/access/dns-endpoint";
import { type Login, loginEnvironment, pluginPath, withWayTo } from "../../local/gke/access/login";
import { locationOf } from "../../local/registry/place";
import { WorldClient } from "../../local/world/client";
import { levelOf } from "../../local/world/level";
import { copiedSettings } from "../../local/world/stacks";
import { CommandFailure, exitCodes } from "../failure";
import { mayBeAbsent } from "./absent-releases";
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
  const client = await WorldClient.start(layout.folder, options.scale, "full", mayBeAbsent);
  const cluster = clusterIn(resourcesOf(stack, checked(known).project, await client.resources()));
  if (!cluster || client.proxyUrl === undefined) {
    throw new CommandFailure(`${stack} has no cluster in this local world`, exitCodes.wrong);
  }
  const login = { folder: layout.login };
  const hostName = dnsEndpointOf(cluster);
  const own = kubeconfig(cluster.id.split("/").at(-1) ?? "", hostName);
  const text = withWayTo(own, login, hostName, client.proxyUrl);
  const [program, ...before] = tool === "helm" ? [programs.helm] : [programs.kubernetes, "kubectl"];
  const way = args.some(namesRegistry) ? loginEnvironment(login, client.proxyUrl) : pluginPath(login);
  process.exitCode = await runWith(login, text, [program, ...before, ...args], way);
}

/** Whether an argument is about a registry that this world plays. */
function namesRegistry(argument: string): boolean {
  const host = /^(?:oci:\/\/)?([^/:=]+)/.exec(argument)?.[1];
  return host !== undefined && locationOf(host) !== undefined;
}

async function runWith(
  login: Login,
  text: string,
  [program, ...args]: readonly [string, ...string[]],
  way: Readonly<Record<string, string>>,
): Promise<number> {
  const folder = mkdtempSync(join(login.folder, "session-"));
  const file = join(folder, "kubeconfig.json");
  writeFileSync(file, text, { mode: 0o600 });
  const child = spawn(program, args, {
    stdio: "inherit",
    env: {
      ...withoutOtherClusters(process.env),
      ...way,
      // Who goes to the registry of this world proves himself to nobody: what he could say is for Google's.
      ...("HTTPS_PROXY" in way && {
        DOCKER_CONFIG: folder,
        HELM_REGISTRY_CONFIG: join(folder, "registry.json"),
      }),
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
