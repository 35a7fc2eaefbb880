#!/bin/sh
# Installs the npm packages of the lock file in a folder (this repository, when none is said), unless they are there already.
set -eu

root=$(CDPATH='' cd -- "${1:-$(dirname -- "$0")/..}" && pwd)
installed="$root/node_modules/.installed-lock.json"
busy="$root/.local-install"

cmp -s "$root/package-lock.json" "$installed" && exit 0

# Two commands that start at once must not install into one folder. A link is made whole, with its owner, or not.
waited=
while ! ln -s "$$" "$busy" 2>/dev/null; do
  owner=$(readlink "$busy" || echo)
  if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
    [ "$(readlink "$busy")" = "$owner" ] && rm -f "$busy"
    continue
  fi
  [ -n "$waited" ] || echo "Waiting for process $owner, which installs the npm packages …" >&2
  waited=yes
  sleep 1
done
trap 'rm -f "$busy"' EXIT
trap 'exit 130' INT TERM HUP
cmp -s "$root/package-lock.json" "$installed" && exit 0

echo "Installing npm packages from the lock file …" >&2
# Their install scripts are not needed: the one of @pulumi/kubernetes would download a plugin.
if ! (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
  echo "npm ci failed; the message is above" >&2
  exit 1
fi
cp "$root/package-lock.json" "$installed"
