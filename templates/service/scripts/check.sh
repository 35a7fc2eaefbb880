#!/bin/sh
# Runs checks that need only Node, or the image where this machine has none: check.sh lint|acceptance
set -eu
cd "$(dirname "$0")/.."
. scripts/engine.sh

[ "$1" != acceptance ] || needs URL "acceptance URL=https://api.staging.acme.example"
command -v npm >/dev/null || exec sh scripts/image.sh "$1"
case $1 in
  lint)
    # Installed again when the lock file says something else.
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --ignore-scripts --loglevel=error
    npm run --silent check
    ;;
  acceptance) npm run --silent acceptance ;;
esac
