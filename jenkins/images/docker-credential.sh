#!/bin/sh
# docker-credential-metadata: Node runs its TypeScript as it is.
exec node --disable-warning=ExperimentalWarning /opt/platform/docker-credential.ts "$@"
