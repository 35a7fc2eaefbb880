{{/* What an object has beside its name; a namespace that is written down is seen in a rendered diff. */}}
{{- define "service.metadata" -}}
namespace: {{ .Release.Namespace | quote }}
labels:
  {{- include "service.labels" . | nindent 2 }}
{{- end }}

{{- define "service.labels" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: product
owner: {{ .Values.environment.owner | quote }}
{{- end }}

{{/* Labels of the pods that serve calls. A selector cannot change later, so it knows nothing of a version. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ .Release.Name | quote }}
app.kubernetes.io/component: server
{{- end }}

{{/* The namespace's own network policies open the ways to stores, and from the internet, by these. */}}
{{- define "service.serverWays" -}}
{{- $postgres := .Values.environment.postgres | default dict }}
{{- $redis := .Values.environment.redis | default dict }}
{{- if $postgres.cloudSql }}
platform/postgres: cloud-sql
{{- end }}
{{- if $redis.memorystore }}
platform/redis: memorystore
{{- end }}
{{- if or $postgres.inCluster $redis.inCluster }}
platform/uses-store: {{ .Release.Name | quote }}
{{- end }}
{{- if .Values.environment.route }}
platform/exposed: "true"
{{- end }}
{{- end }}

{{- define "service.migrationWays" -}}
{{- if .Values.environment.postgres.cloudSql }}
platform/postgres: cloud-sql
{{- else }}
platform/uses-store: {{ .Release.Name | quote }}
{{- end }}
{{- end }}

{{- define "service.image" -}}
{{- with .Values.service.image }}{{ .repository }}:{{ $.Chart.AppVersion }}@{{ .digest }}{{ end }}
{{- end }}

{{/* Job of the migration; Helm leaves ten characters beside a release's name. */}}
{{- define "service.migration" -}}
{{ .Release.Name }}-migration
{{- end }}

{{- define "service.redisConfig" -}}
{{ .Release.Name }}-redis
{{- end }}

{{/*
How long a pod goes on answering after it is told to go: a load balancer of Google's needs up to twenty seconds until it
sends it no more calls, and the nodes need a moment.
*/}}
{{- define "service.drainSeconds" -}}
{{ ternary 20 5 (hasKey .Values.environment "route") }}
{{- end }}
