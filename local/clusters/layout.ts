import { join } from "node:path";

/**
 * Where everything of one control plane lies; removing `folder` removes it all.
 *
 * Its processes run in `folder` and name their files from there, since a socket's path may not be longer than about a
 * hundred characters.
 */
export interface Layout {
  readonly folder: string;
  readonly certificates: string;
  /** Who proves to be whom, one file for each part and one for people. */
  kubeconfig(user: string): string;
  /** The port of the API server: kept, so that whoever knows the cluster finds it again. */
  readonly port: string;
  log(part: string): string;
  /** Home of the processes, where programs keep caches and look for settings: never the user's own. */
  readonly home: string;
  /** Temporary files; gone whenever the control plane is stopped. */
  readonly temporary: string;
  readonly stages: string;
  readonly socket: string;
}

export function layoutOf(folder: string): Layout {
  return {
    folder,
    certificates: join(folder, names.certificates),
    kubeconfig: (user) => join(folder, names.kubeconfig(user)),
    port: join(folder, "port"),
    log: (part) => join(folder, "logs", `${part}.log`),
    home: join(folder, "home"),
    temporary: join(folder, "temporary"),
    stages: join(folder, names.stages),
    socket: join(folder, names.socket),
  };
}

/** The same as the processes see it, from inside the folder. */
export const names = {
  certificates: "certificates",
  kubeconfig: (user: string) => join("kubeconfigs", `${user}.yaml`),
  stages: "stages.yaml",
  data: "etcd",
  socket: "etcd.sock",
} as const;
