import type * as kubernetes from "@pulumi/kubernetes/types/input";
import { stringify } from "yaml";

/** A kind of pods that pipelines ask for by its label. */
export interface PodTemplate {
  spec: kubernetes.core.v1.PodSpec;
  /** How many may run at once. */
  instanceCap: number;
}

/** Long enough for a node that has to be made first, with its images. */
const connectSeconds = 900;

/** Templates of a cloud, by label. A pod has one build, and is gone with it. */
export function podTemplates(templates: Readonly<Record<string, PodTemplate>>) {
  return Object.entries(templates)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, { spec, instanceCap }]) => ({
      name: label,
      label,
      instanceCap,
      // Only what asks for the label: a build without one would otherwise take a deployer's pod.
      nodeUsageMode: "EXCLUSIVE",
      podRetention: "never",
      idleMinutes: 0,
      slaveConnectTimeoutStr: `${connectSeconds}`,
      showRawYaml: false,
      yamlMergeStrategy: "override",
      yaml: stringify(
        { apiVersion: "v1", kind: "Pod", spec },
        { lineWidth: 0, aliasDuplicateObjects: false },
      ),
    }));
}
