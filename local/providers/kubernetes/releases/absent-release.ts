import { isBlock } from "../../../cloud/check";
import type { Values } from "../../../cloud/rules/shape";
import { textOf } from "../identity";
import { idOf } from "./release-state";

/** A release that is in the engine's state and not in the cluster, since its chart could not be had. */
export interface AbsentRelease {
  /** `NAMESPACE/NAME`. */
  readonly release: string;
  readonly chart: string;
  /** Absent where the program leaves it to the repository. */
  readonly version?: string;
  readonly repository: string;
}

/** What is recorded of a release that the cluster was never asked for. */
export function absentOutputs(inputs: Values): Values {
  const { chart, name, namespace, version } = inputs;
  const status = { chart, name, namespace, version, revision: 0, status: "absent" };
  return {
    ...inputs,
    resourceNames: {},
    status: Object.fromEntries(Object.entries(status).map(([key, value]) => [key, value ?? null])),
  };
}

/** What the outputs of a release say where it is absent; undefined of any other. */
export function absentIn(outputs: Values): AbsentRelease | undefined {
  const { status, name, namespace, chart, version, repositoryOpts } = outputs;
  if (!isBlock(status) || status["status"] !== "absent") return undefined;
  return {
    release: idOf({ namespace: textOf(namespace), name: textOf(name) }),
    chart: textOf(chart),
    ...(typeof version === "string" && { version }),
    repository: textOf(isBlock(repositoryOpts) ? repositoryOpts["repo"] : undefined),
  };
}

/** That a release is absent, for people: what it means, and how it comes to be installed. */
export function absentText({ release, chart, version, repository }: AbsentRelease, reason = ""): string {
  const title = version === undefined ? chart : `${chart} ${version}`;
  return (
    `release ${release} is absent: nothing of it is installed, since its chart ${title} cannot be had from ` +
    `${repository} here${reason === "" ? "" : ` (${reason})`} and no mirror folder holds it; everything around it is ` +
    `applied. The next up that reaches the repository installs it, or one with a mirror: put ` +
    `${chart}-${version ?? "VERSION"}.tgz into a folder and run PLATFORM_CHART_MIRROR=FOLDER ./platform local up`
  );
}
