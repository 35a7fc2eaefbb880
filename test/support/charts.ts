/** Small charts for tests, written into a folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { playsAnnotation } from "../../local/clusters/stages";

export interface ChartArgs {
  /** @default web */
  name?: string;
  /** @default 1.0.0 */
  version?: string;
  /** Beside the deployment, by their path in the chart. */
  files?: Record<string, string>;
}

/** A chart with a deployment whose image, pods and annotations come from its values; the path of its folder. */
export function writeChart(folder: string, { name = "web", version = "1.0.0", files = {} }: ChartArgs = {}) {
  const chart = join(folder, `${name}-${version}-${Math.random().toString(36).slice(2)}`, name);
  const all = {
    "Chart.yaml": `apiVersion: v2\nname: ${name}\nversion: ${version}\nappVersion: "7"\n`,
    "values.yaml": "replicas: 1\nimage: { tag: one }\nplays: nothing\nprivileged: false\n",
    "templates/deployment.yaml": deployment,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(chart, path)), { recursive: true });
    writeFileSync(join(chart, path), text);
  }
  return chart;
}

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: {{ .Release.Name }} } }
  template:
    metadata:
      labels: { app: {{ .Release.Name }} }
      annotations: { ${playsAnnotation}: {{ .Values.plays }} }
    spec:
      containers:
        - name: main
          image: example.com/main:{{ .Values.image.tag }}
          securityContext: { privileged: {{ .Values.privileged }} }
`;

/** A job that Helm runs at some point of a release, and that fails when the values say so. */
export const hookJob = (point: string, policy = "before-hook-creation") => `
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
  annotations: { helm.sh/hook: ${point}, helm.sh/hook-delete-policy: ${policy} }
spec:
  backoffLimit: 0
  template:
    metadata:
      annotations: { ${playsAnnotation}: {{ .Values.migration | default "nothing" }}, kwok.platform/exit-code: "42" }
    spec:
      restartPolicy: Never
      containers: [{ name: migrate, image: example.com/migrate:1 }]
`;
