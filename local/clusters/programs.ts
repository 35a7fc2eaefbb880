import { readFileSync } from "node:fs";
import { join } from "node:path";

import { type BuildOptions, buildGoProgram, goVersion, type GoProgram } from "../programs/go-program";
import { compareVersions, versionNumbers } from "../programs/versions";

/** What a cluster on this machine is made of. */
export interface Programs {
  /** API server, controller manager, scheduler, etcd, kwok and kubectl: the first argument says which. */
  kubernetes: string;
  helm: string;
}

/** No Go on this machine to build the programs with; the message says what to install. */
export class GoNotFound extends Error {
  public override readonly name = "GoNotFound";
}

/** The module that pins Kubernetes, etcd, kwok and Helm; its `go.mod` is the only place where versions are written. */
const moduleFolder = join(__dirname, "..", "..", "tools", "kubernetes");

// Over a quarter less time for the build; what is built starts 0.4 s later and takes a seventh more memory.
const gcflags = "all=-N -l -dwarf=false";

/** Kubernetes and Helm, built with Go when this machine has not yet: some minutes, once. */
export async function buildPrograms(options: BuildOptions = {}): Promise<Programs> {
  const pinned = await pinnedWithGo(options);
  return {
    kubernetes: await buildGoProgram(kubernetesProgram(pinned.kubernetes), options),
    helm: await buildGoProgram(helmProgram(pinned), options),
  };
}

/** Helm alone: some seconds, once. */
export async function buildHelm(options: BuildOptions = {}): Promise<string> {
  return buildGoProgram(helmProgram(await pinnedWithGo(options)), options);
}

async function pinnedWithGo(options: BuildOptions): Promise<Versions> {
  const pinned = pinnedVersions();
  const go = await goVersion(options.env);
  if (go === undefined || compareVersions(go, pinned.go) < 0) {
    throw new GoNotFound(
      [
        `looked for Go ${pinned.go} or newer, to build Kubernetes ${pinned.kubernetes} and Helm ${pinned.helm} with`,
        `found: ${go === undefined ? "no Go on PATH" : `Go ${go}, which is older`}`,
        `install Go ${pinned.go} or newer`,
      ].join("\n"),
    );
  }
  return pinned;
}

interface Versions {
  kubernetes: string;
  helm: string;
  go: string;
}

/** The versions that are built, without the leading `v`. */
export function pinnedVersions(): Versions {
  const text = readFileSync(join(moduleFolder, "go.mod"), "utf8");
  const of = (module: string) => new RegExp(`^\\s*(?:require )?${module} v?(\\d\\S*)`, "m").exec(text)?.[1];
  const [kubernetes, helm, go] = [of("k8s.io/kubernetes"), of("helm.sh/helm/v3"), of("go")];
  if (kubernetes === undefined || helm === undefined || go === undefined)
    throw new Error(
      "tools/kubernetes/go.mod names no version of k8s.io/kubernetes, of helm.sh/helm/v3 or of Go",
    );
  return { kubernetes, helm, go };
}

function kubernetesProgram(version: string): GoProgram {
  const [major = 0, minor = 0] = versionNumbers(version);
  return {
    moduleFolder,
    packagePath: ".",
    binaryName: "kubernetes",
    // Charts ask the API server for its version, and without these it has none.
    ldflags: stamps({
      "k8s.io/component-base/version.gitVersion": `v${version}`,
      "k8s.io/component-base/version.gitMajor": major,
      "k8s.io/component-base/version.gitMinor": minor,
      "k8s.io/component-base/version.gitTreeState": "clean",
    }),
    gcflags,
  };
}

function helmProgram({ helm, kubernetes }: Versions): GoProgram {
  const [major = 0, minor = 0] = versionNumbers(kubernetes);
  return {
    moduleFolder,
    packagePath: "helm.sh/helm/v3/cmd/helm",
    binaryName: "helm",
    ldflags: stamps({
      "helm.sh/helm/v3/internal/version.version": `v${helm}`,
      // What `helm template` takes the cluster for when it is given none.
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": major,
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
    }),
    gcflags,
  };
}

function stamps(variables: Record<string, string | number>): string {
  return ["-s -w", ...Object.entries(variables).map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}
