{{/* What all pods have: the strictest level of Pod Security, and nothing of the cluster that they do not need. */}}
{{- define "service.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
priorityClassName: standard
securityContext:
  runAsNonRoot: true
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "service.confined" -}}
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
readOnlyRootFilesystem: true
{{- end }}

{{/* No limit of the CPU: it would slow a pod down while its node is idle. */}}
{{- define "service.resources" -}}
{{- with .Values.environment.resources -}}
requests: { cpu: {{ .cpu | quote }}, memory: {{ .memory | quote }} }
limits: { memory: {{ .memory | quote }} }
{{- end }}
{{- end }}

{{/* Folders that may be written to. Memory and disk of a node are everybody's, so each has an end. */}}
{{- define "service.writableVolumes" -}}
{{- range $index, $path := .Values.service.writable }}
- name: writable-{{ $index }}
  emptyDir: { sizeLimit: 1Gi }
{{- end }}
{{- end }}

{{- define "service.writableMounts" -}}
{{- range $index, $path := .Values.service.writable }}
- { name: writable-{{ $index }}, mountPath: {{ $path | quote }} }
{{- end }}
{{- end }}
