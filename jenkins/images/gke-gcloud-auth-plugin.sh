#!/bin/sh
# Google's plugin by the pod's own account: what kubeconfigs call asks gcloud otherwise, which is not in the image.
exec /opt/google/gke-gcloud-auth-plugin --use_application_default_credentials "$@"
