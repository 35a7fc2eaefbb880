{{/* What a schema of values cannot say, or not in words that help. */}}
{{- define "service.checks" -}}
{{- $service := .Values.service }}
{{- $environment := .Values.environment }}

{{- $packaged := .Files.Get "packaged.yaml" }}
{{- if $packaged }}
{{- $own := (fromYaml $packaged).service }}
{{- range $key := concat (keys $own) (keys $service) | uniq | sortAlpha }}
{{- if ne (get $own $key | toJson) (get $service $key | toJson) }}
{{- fail (printf "service.%s is not as it was packaged: it belongs to the repository of %s, and an install gives only `environment`; change it there and release a new version" $key $.Chart.Name) }}
{{- end }}
{{- end }}
{{- else if ne .Chart.Name "service-base" }}
{{- fail (printf "the chart %s holds no packaged.yaml: it was not packaged by package.sh of service-base; package it with that" .Chart.Name) }}
{{- end }}

{{- range $name := keys $service.variables | sortAlpha }}
{{- if or (has $name (list "PORT" "ENVIRONMENT" "SECRETS")) (regexMatch "^(DATABASE|REDIS|SERVICE)_" $name) }}
{{- fail (printf "service.variables.%s is a variable of the platform; choose another name" $name) }}
{{- end }}
{{- end }}

{{- if and $service.migration (not $environment.postgres) }}
{{- fail "service.migration has no database to run on: the environment gives no postgres; add it to `stores` of the service's entry in the catalogue, or leave the migration out" }}
{{- end }}
{{- if has (int $environment.port) (list 5432 9801) }}
{{- fail (printf "environment.port is %v, which the Cloud SQL Auth Proxy has in every pod; choose another in the service's entry in the catalogue" $environment.port) }}
{{- end }}
{{- if gt (int $environment.replicas.min) (int $environment.replicas.max) }}
{{- fail (printf "environment.replicas.min is %v and max is %v; lower min or raise max" $environment.replicas.min $environment.replicas.max) }}
{{- end }}
{{- end }}
