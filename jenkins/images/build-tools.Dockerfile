# The container `build` of the pods that build services: what a service's Makefile calls, and nothing that builds by itself.
# BuildKit runs in the container beside it. Tags are for people, digests for the build: change both together; a tag without
# one has not been pulled by who wrote it, and `docker buildx imagetools inspect TAG` says its digest.
FROM alpine/helm:3.20.2 AS helm

# The same as the container beside it (environments/pipelines.ts).
FROM moby/buildkit:v0.33.0-rootless@sha256:80b15f0735e87bab7bf59ec4d695dfb4a7cfb25521cf56dc75d6f256285b63ef AS buildkit

FROM node:24.20.0-bookworm-slim@sha256:ba849c60be29959425b8734d57b8b4b7d56f98edd9504c9af091d5281095a71e
RUN apt-get update \
 && apt-get install --yes --no-install-recommends bash ca-certificates curl git make \
 && rm -rf /var/lib/apt/lists/*
COPY --from=helm /usr/bin/helm /usr/local/bin/
COPY --from=buildkit /usr/bin/buildctl /usr/local/bin/
COPY docker-credential.ts /opt/platform/
COPY docker-credential.sh /usr/local/bin/docker-credential-metadata
# As every container of a Jenkins pod, so that all may write to the workspace.
USER 1000:1000
WORKDIR /home/jenkins
CMD ["sleep", "infinity"]
