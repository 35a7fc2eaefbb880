import { join } from "node:path";

import { programCopy, root } from "./plan-world";

/** The chart of a small service. */
export const sampleChart = join(root, "test", "support", "charts", "sample");

/** Where no service is released, no chart of one has to be in a registry. */
const nothingReleased = { "catalog/releases/staging.yaml": () => "{}\n" };

/** A copy of the program that releases no service into staging or a pop-up. */
export function programWithoutReleases(): string {
  return programCopy(nothingReleased);
}

/**
 * A copy of the program that releases no service, and whose delivery environments have more inside their cluster:
 * statements that may use `inside`.
 */
export function programWithInside(statements: string): string {
  return programCopy({
    ...nothingReleased,
    "environments/delivery.ts": (text) =>
      [
        'import * as k8sCore from "@pulumi/kubernetes/core/v1";',
        'import * as k8sApps from "@pulumi/kubernetes/apps/v1";',
        'import * as apiextensions from "@pulumi/kubernetes/apiextensions";',
        'import * as helm from "@pulumi/kubernetes/helm/v3";',
        text.replace("  const parts = [", `  ${statements}\n  const parts = [`),
      ].join("\n"),
  });
}

/** A release of the sample chart in the services' namespace, as a statement for `programWithInside`. */
export function sampleRelease(values: object = {}, more: object = {}): string {
  const args = { name: "sample", chart: sampleChart, version: "1.0.0", atomic: true, timeout: 60, ...more };
  return `new helm.Release("sample", { ...${JSON.stringify(args)}, namespace: namespace.namespace, values: ${JSON.stringify(values)} }, inside);`;
}
