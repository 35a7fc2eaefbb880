# The container `deploy` of the pods that deploy, preview and compare. Nothing in it is written to when it runs: HOME and
# TMPDIR come from the pod. Tags are for people, digests for the build: change both together; a tag without one has not
# been pulled by who wrote it, and `docker buildx imagetools inspect TAG` says its digest.
FROM pulumi/pulumi-base:3.270.0 AS pulumi

# In the versions of package.json; a plugin of another version is downloaded by each pod.
FROM pulumi AS plugins
ENV PULUMI_HOME=/opt/pulumi
RUN pulumi plugin install resource gcp 9.37.0 \
 && pulumi plugin install resource kubernetes 4.34.2 \
 && pulumi plugin install resource random 4.21.2

FROM gcr.io/google.com/cloudsdktool/google-cloud-cli:579.0.0 AS google

FROM node:24.20.0-bookworm-slim@sha256:ba849c60be29959425b8734d57b8b4b7d56f98edd9504c9af091d5281095a71e
# git is the distribution's, so that its corrections come with each build.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git \
 && rm -rf /var/lib/apt/lists/*
COPY --from=pulumi /pulumi/bin/pulumi /pulumi/bin/pulumi-language-nodejs /usr/local/bin/
COPY --from=plugins /opt/pulumi/plugins /opt/pulumi/plugins
COPY --from=google /usr/lib/google-cloud-sdk/bin/gke-gcloud-auth-plugin /opt/google/
COPY gke-gcloud-auth-plugin.sh /usr/local/bin/gke-gcloud-auth-plugin
COPY docker-credential.ts /opt/platform/
COPY docker-credential.sh /usr/local/bin/docker-credential-metadata
# As every container of a Jenkins pod, so that all may write to the workspace.
USER 1000:1000
WORKDIR /home/jenkins
CMD ["sleep", "infinity"]
