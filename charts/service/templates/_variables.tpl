{{/* Environment variables that the server and its migration share. */}}
{{- define "service.variables" -}}
- { name: ENVIRONMENT, value: {{ .Values.environment.name | quote }} }
- { name: SERVICE_NAME, value: {{ .Release.Name | quote }} }
- { name: SERVICE_VERSION, value: {{ .Chart.AppVersion | quote }} }
{{- range $name, $value := .Values.service.variables }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{/* Only of the server: where its stores, its secrets and the services that it calls are. */}}
{{- define "service.serverVariables" -}}
- { name: PORT, value: {{ .Values.environment.port | quote }} }
{{- with .Values.environment.postgres }}
- name: DATABASE_URL
  value: {{ include "service.databaseUrl" (dict "postgres" . "user" (include "service.login" .)) | quote }}
{{- end }}
{{- with .Values.environment.redis }}
{{- with .memorystore }}
- { name: REDIS_URL, value: {{ printf "rediss://%s:%v" .host .port | quote }} }
- { name: REDIS_AUTH, value: iam }
- { name: REDIS_AUTHORITIES, value: /etc/platform/redis/ca.pem }
{{- end }}
{{- with .inCluster }}
- { name: REDIS_URL, value: {{ printf "redis://%s:6379" .host | quote }} }
{{- end }}
{{- end }}
{{- if .Values.environment.secrets }}
- { name: SECRETS, value: /secrets }
{{- end }}
{{- range .Values.environment.calls }}
- { name: SERVICE_URL_{{ . | replace "-" "_" | upper }}, value: {{ printf "http://%s:80" . | quote }} }
{{- end }}
{{- end }}

{{/* Login of the service itself, of `environment.postgres`. */}}
{{- define "service.login" -}}
{{ (.cloudSql | default .inCluster).user }}
{{- end }}

{{/* Without a password: the Auth Proxy logs in by the pod's own account, and a disposable store trusts its namespace. */}}
{{- define "service.databaseUrl" -}}
{{- $user := urlquery .user }}
{{- with .postgres }}
{{- if .cloudSql }}postgresql://{{ $user }}@127.0.0.1:5432/{{ .database }}?sslmode=disable
{{- else }}postgresql://{{ $user }}@{{ .inCluster.host }}:5432/{{ .database }}
{{- end }}
{{- end }}
{{- end }}
