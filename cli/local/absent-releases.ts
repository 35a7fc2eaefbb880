import type { Values } from "../../local/cloud/rules/shape";
import type { Workspace } from "../../local/engine/run";
import { resourcesInState } from "../../local/engine/state";
import { releaseKind } from "../../local/providers/kubernetes/identity";
import type { RepositoryChart } from "../../local/providers/kubernetes/releases/absent-charts";
import {
  absentIn,
  type AbsentRelease,
  absentText,
} from "../../local/providers/kubernetes/releases/absent-release";

/** Charts of others that a world does without where it cannot reach their repository; any other is an error there. */
export const mayBeAbsent: readonly RepositoryChart[] = [
  { repository: "https://charts.jenkins.io", chart: "jenkins" },
];

/** The releases of a stack of which nothing is installed, as its state says; no engine is started for it. */
export function absentReleases(workspace: Workspace): AbsentRelease[] {
  return resourcesInState(workspace)
    .filter(({ type }) => type === `kubernetes:${releaseKind}`)
    .flatMap(({ outputs }) => absentIn(outputs as Values) ?? []);
}

/** What stands below a table of stacks: a line for each of its releases that is absent. */
export function absentLines(stack: string, absent: readonly AbsentRelease[]): string[] {
  return absent.map((release) => `${stack}: ${absentText(release)}`);
}
