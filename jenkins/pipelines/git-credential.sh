#!/bin/sh
# git's way to git-credential.ts, from whatever folder it calls.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec node --import "file://$here/../../node_modules/tsx/dist/loader.mjs" "$here/git-credential.ts" "$@"
