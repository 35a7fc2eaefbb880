{{/*
The Cloud SQL Auth Proxy: encrypts, and logs in by the pod's own account, so that there is no password. As an init
container that keeps running it is ready before anything else starts, ends after everything else, and does not keep a
job's pod from being done. Its health is read by the node, hence the address.
*/}}
{{- define "service.authProxy" -}}
- name: cloud-sql-proxy
  image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.25.4@sha256:88501f0a695a586988add1b8a206fdf3f29f9a1a3deeb9b45ef2b1481ea6be83
  imagePullPolicy: IfNotPresent
  restartPolicy: Always
  args:
    - --auto-iam-authn
    - --psc
    - --port=5432
    - --structured-logs
    - --health-check
    - --http-address=0.0.0.0
    - --http-port=9801
    - --exit-zero-on-sigterm
    - {{ .Values.environment.postgres.cloudSql.instance | quote }}
  ports:
    - { name: proxy-health, containerPort: 9801 }
  startupProbe:
    httpGet: { path: /startup, port: proxy-health }
    periodSeconds: 1
    timeoutSeconds: 5
    failureThreshold: 60
  livenessProbe:
    httpGet: { path: /liveness, port: proxy-health }
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 6
  resources:
    requests: { cpu: 20m, memory: 64Mi }
    limits: { memory: 64Mi }
  securityContext:
    {{- include "service.confined" . | nindent 4 }}
{{- end }}
