#!/bin/sh
# Makes main say of SERVICE in STACK what it said before VERSION. Exit code 4: it says another version by now, and stays.
{
  set -eu
  for left in 4 3 2 1 0; do
    jenkins/pipelines/fresh-main.sh
    ./platform release revert "$SERVICE" "$VERSION" --stack "$STACK" >&2
    if git diff --quiet -- "catalog/releases/$STACK.yaml"; then exit 4; fi
    pushed=0
    jenkins/pipelines/push-release.sh "$STACK: take $SERVICE $VERSION back" "It did not come to run." || pushed=$?
    [ "$pushed" -eq 4 ] || exit "$pushed"
  done
  echo "main was changed by others each time; $SERVICE $VERSION is still in catalog/releases/$STACK.yaml" >&2
  exit 1
}
