#!/bin/sh
# Makes a checkout in a deploy pod ready: the plugins of the image, the packages of the lock file, and who git is.
set -eu
cd "$(dirname "$0")/../.."

# Pulumi looks for plugins below HOME, which is empty at first and can be written; folders of links to those of the image
# are as good. One that is not in the image, in that version, is downloaded.
if [ -d /opt/pulumi/plugins ]; then
  mkdir -p "$HOME/.pulumi"
  cp -Rs --no-clobber /opt/pulumi/plugins "$HOME/.pulumi/"
fi

./scripts/install.sh

git config user.name jenkins
git config user.email jenkins@platform.invalid
writer=${GITHUB_WRITER:-/var/run/github-writer}
if [ -d "$writer" ]; then
  # The path says for which repository the token is to be. The empty one takes other helpers off.
  git config credential.https://github.com.useHttpPath true
  git config --replace-all credential.https://github.com.helper ''
  git config --add credential.https://github.com.helper "!'$PWD/jenkins/pipelines/git-credential.sh'"
fi
