#!/bin/sh
# Asks the services of STACK that are reached from outside whether they answer. `before` a change writes down which do;
# `after` it all of those have to, and SERVICE: what was down already keeps nobody from releasing.
set -eu
mkdir -p .local
urls=$(pulumi stack output urls --stack "$STACK" --json)
printf '%s' "$urls" | node --import tsx jenkins/pipelines/answering.ts "$1" \
  "catalog/releases/$STACK.yaml" .local/answering.json "$SERVICE"
