#!/bin/sh
# Runs checks that need only Node, or the image where this machine has none: check.sh lint|acceptance
set -eu
cd "$(dirname "$0")/.."
. scripts/engine.sh

[ "$1" != acceptance ] || needs URL "acceptance URL=https://api.staging.acme.example"
command -v npm >/dev/null || exec sh scripts/image.sh "$1"
case $1 in
  lint)
    # Installed only where something is missing or of another version.
    npm ls >/dev/null 2>&1 || npm ci --ignore-scripts --loglevel=error
    npm run --silent check
    ;;
  acceptance) npm run --silent acceptance ;;
esac
