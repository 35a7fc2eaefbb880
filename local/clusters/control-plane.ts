import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

import { Api } from "./api";
import { type Credentials, credentialsOf, ensureCertificates, writeKubeconfigs } from "./certificates";
import { apiServerFlags, controllerManagerFlags, etcdFlags, kwokFlags, schedulerFlags } from "./flags";
import { type Layout, layoutOf } from "./layout";
import { freePort } from "./ports";
import { ProcessDied, ProcessGroup } from "./process-group";
import type { Programs } from "./programs";
import { stagesText } from "./stages";

export interface ControlPlaneArgs {
  /** Holds everything of it. A control plane that was stopped or killed goes on here with its objects and its port. */
  folder: string;
  programs: Programs;
  /**
   * Names that its API server is called by beside `localhost`; fixed by the first start.
   * @default none
   */
  hostNames?: readonly string[];
  /** Ends a start that nobody waits for any more; what has been started by then is stopped. */
  signal?: AbortSignal;
}

/** A Kubernetes cluster on loopback that has no nodes yet; one process owns it, and it ends with that process. */
export interface ControlPlane {
  readonly folder: string;
  readonly programs: Programs;
  /** For example `https://127.0.0.1:40123`. */
  readonly endpoint: string;
  /** The admin's, with the authority that the API server is signed by. */
  readonly credentials: Credentials;
  /** Path of a kubeconfig that may do everything. */
  readonly adminKubeconfig: string;
  readonly api: Api;
  /** Its processes, in the order of their start. */
  readonly pids: readonly number[];
  /** Settles when none of its processes is left: with the death that ended it, or with nothing after `stop`. */
  readonly ended: Promise<ProcessDied | undefined>;
  /** Stops every process in its order; the folder keeps what is needed to start again. */
  stop(): Promise<void>;
}

/** How long each step of a start may take, in seconds: ten times what it takes on a quiet machine. */
const patienceSeconds = 60;

/** How often a start is tried when somebody else takes the port that was free a moment ago. */
const tries = 5;

/**
 * Starts a control plane and waits until pods can be made. A folder is one process's at a time; the caller sees to it.
 *
 * @throws ProcessDied when a part cannot start, with the end of its log
 * @throws the signal's reason when that ends it
 */
export async function startControlPlane(args: ControlPlaneArgs): Promise<ControlPlane> {
  for (let left = tries - 1; ; left -= 1) {
    try {
      return await startOnce(args);
    } catch (error) {
      const portTaken = error instanceof ProcessDied && error.message.includes("address already in use");
      if (!portTaken || left === 0) throw error;
    }
  }
}

async function startOnce({
  folder,
  programs,
  hostNames = [],
  signal,
}: ControlPlaneArgs): Promise<ControlPlane> {
  signal?.throwIfAborted();
  const layout = layoutOf(folder);
  prepare(layout);
  const group = new ProcessGroup();
  let api: Api | undefined;
  const stop = async () => {
    api?.close();
    await group.stop();
    rmSync(layout.temporary, { recursive: true, force: true });
  };
  const stopEarly = () => void group.stop();
  signal?.addEventListener("abort", stopEarly, { once: true });
  try {
    const start = (name: string, args: readonly string[]) =>
      group.start({ name, program: programs.kubernetes, args, ...placeOf(layout, name) });
    await Promise.all([
      startStorage(layout, group, start),
      ensureCertificates(layout, programs, hostNames),
      writeStages(layout, programs),
    ]);

    // As late as can be, so that nobody takes it before the API server does.
    const port = await freePort(keptPort(layout));
    signal?.throwIfAborted();
    writeFileSync(layout.port, String(port));
    const endpoint = `https://127.0.0.1:${port}`;
    writeKubeconfigs(layout, endpoint);
    const credentials = credentialsOf(layout, "admin");
    api = new Api(endpoint, credentials);
    start("kube-apiserver", apiServerFlags(port));
    await startControllers(api, group, start);

    return {
      folder,
      programs,
      endpoint,
      credentials,
      adminKubeconfig: layout.kubeconfig("admin"),
      api,
      pids: group.pids,
      ended: group.ended,
      stop,
    };
  } catch (error) {
    await stop();
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stopEarly);
  }
}

type Start = (name: string, args: readonly string[]) => void;

async function startStorage(layout: Layout, group: ProcessGroup, start: Start): Promise<void> {
  // That of an etcd that was killed is still there.
  rmSync(layout.socket, { force: true });
  start("etcd", etcdFlags());
  await group.until("etcd", () => existsSync(layout.socket), patienceSeconds);
}

/** What needs an API server that answers: started earlier, it only takes the API server's time. */
async function startControllers(api: Api, group: ProcessGroup, start: Start): Promise<void> {
  await group.until("the API server", () => api.answers("/livez"), patienceSeconds);
  start("kube-controller-manager", controllerManagerFlags());
  start("kube-scheduler", schedulerFlags());
  start("kwok", kwokFlags());
  await group.until("the API server to be ready", () => api.answers("/readyz"), patienceSeconds);
  // Without it every pod is refused, and the controller manager makes it.
  const account = "/api/v1/namespaces/default/serviceaccounts/default";
  await group.until("the first service account", () => api.answers(account), patienceSeconds);
}

function placeOf(layout: Layout, name: string) {
  return {
    folder: layout.folder,
    env: { PATH: process.env["PATH"] ?? "", HOME: layout.home, TMPDIR: layout.temporary },
    log: layout.log(name),
  };
}

function prepare(layout: Layout): void {
  mkdirSync(layout.folder, { recursive: true });
  // Keys are in it, and the socket that knows every secret of the cluster.
  chmodSync(layout.folder, 0o700);
  rmSync(layout.temporary, { recursive: true, force: true });
  mkdirSync(layout.temporary);
  mkdirSync(layout.home, { recursive: true });
}

/** Writes what nodes and pods go through, for kwok. */
async function writeStages(layout: Layout, programs: Programs): Promise<void> {
  const { stdout } = await promisify(execFile)(programs.kubernetes, ["kwok-stages"]);
  writeFileSync(layout.stages, stagesText(stdout));
}

function keptPort(layout: Layout): number | undefined {
  return existsSync(layout.port) ? Number(readFileSync(layout.port, "utf8")) : undefined;
}
