import type { ReleaseInputs } from "./release-inputs";

/** How long Helm may wait for one thing when the program says nothing, in seconds. */
export function secondsOf({ timeout = 300 }: Pick<ReleaseInputs, "timeout">): number {
  return timeout;
}

/** Whether an operation waits until everything is ready; going back on failure is of no use without. */
export function waits({ atomic, skipAwait }: ReleaseInputs): boolean {
  return atomic === true || skipAwait !== true;
}

/**
 * Flags of `helm install`. Never `--atomic`: Helm would take away what tells why before anybody has looked, so the
 * provider goes back by itself.
 */
export function installFlags(release: ReleaseInputs): string[] {
  return [
    ...commonFlags(release),
    ...set("create-namespace", release.createNamespace),
    ...set("skip-crds", release.skipCrds),
    ...set("replace", release.replace),
    ...set("no-hooks", release.disableWebhooks),
  ];
}

/** Flags of `helm upgrade`; the provider takes another of its inputs to turn hooks off than in an install. */
export function upgradeFlags(release: ReleaseInputs): string[] {
  return [
    ...commonFlags(release),
    ...set("force", release.forceUpdate),
    ...set("recreate-pods", release.recreatePods),
    ...set("reset-values", release.resetValues),
    ...set("reuse-values", release.reuseValues),
    ...set("cleanup-on-fail", release.cleanupOnFail),
    ...set("no-hooks", release.disableCRDHooks),
    `--history-max=${release.maxHistory ?? 0}`,
  ];
}

export function rollbackFlags(release: ReleaseInputs): string[] {
  return [
    `--namespace=${release.namespace}`,
    `--timeout=${secondsOf(release)}s`,
    // What Helm's own way back does: hooks could fail the same way again.
    "--no-hooks",
    ...set("recreate-pods", release.recreatePods),
    ...set("force", release.forceUpdate),
    ...set("cleanup-on-fail", release.cleanupOnFail),
    `--history-max=${release.maxHistory ?? 0}`,
  ];
}

export function uninstallFlags(release: ReleaseInputs): string[] {
  return [
    `--namespace=${release.namespace}`,
    `--timeout=${secondsOf(release)}s`,
    "--wait",
    "--ignore-not-found",
    ...set("no-hooks", release.disableWebhooks),
  ];
}

function commonFlags(release: ReleaseInputs): string[] {
  return [
    `--namespace=${release.namespace}`,
    `--timeout=${secondsOf(release)}s`,
    "--hide-notes",
    ...set("wait", waits(release)),
    ...set("wait-for-jobs", release.skipAwait !== true && release.waitForJobs),
    ...set("dependency-update", release.dependencyUpdate),
    ...set("disable-openapi-validation", release.disableOpenapiValidation),
    ...set("render-subchart-notes", release.renderSubchartNotes),
    ...(release.description === undefined ? [] : [`--description=${release.description}`]),
  ];
}

function set(flag: string, value: boolean | undefined): string[] {
  return value === true ? [`--${flag}`] : [];
}
