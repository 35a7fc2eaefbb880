#!/bin/sh
# Makes STACK what the checkout says, as far as .local/targets goes: one URN a line.
set -eu
./scripts/install.sh

set --
while IFS= read -r urn; do set -- "$@" --target "$urn"; done <.local/targets
[ $# -gt 0 ] || { echo ".local/targets is empty; an up without targets would touch everything" >&2; exit 2; }
exec pulumi up --stack "$STACK" --non-interactive --yes "$@"
