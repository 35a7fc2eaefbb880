#!/bin/sh
# Prints what `platform release check --json` says of the plan of STACK, which is to be a version of SERVICE and nothing
# else. Fails only where there is no plan: what it says is judged by who called.
set -eu

plan="${WORKSPACE_TMP:-$(mktemp -d)}/plan.json"
mkdir -p "$(dirname "$plan")"
./scripts/install.sh

# Without --target, which would hide the rest.
preview=0
pulumi preview --stack "$STACK" --non-interactive --json >"$plan" || preview=$?
# The check says, of a preview that failed, why.
check=0
./platform release check "$SERVICE" --plan "$plan" --json || check=$?
[ "$check" -eq 0 ] || [ "$check" -eq 3 ] || exit "$check"
exit "$preview"
