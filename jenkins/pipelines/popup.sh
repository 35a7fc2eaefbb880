#!/bin/sh
# Does with a pop-up what DO says (up, extend, down), and prints what came of it. It is called NAME, or after FOR, the pull
# request SERVICE/NUMBER. The words of VERSIONS are SERVICE=VERSION.
set -euf
case "$DO" in
up)
  if [ -n "$FOR" ]; then set -- --for "$FOR"; else set -- "$NAME"; fi
  for version in $VERSIONS; do set -- "$@" --set "$version"; done
  exec ./platform popup up "$@" --from "$FROM" --ttl "$TTL" --by "$OWNER"
  ;;
extend) exec ./platform popup extend "$NAME" --ttl "$TTL" ;;
down) exec ./platform popup down "$NAME" ;;
*)
  echo "DO is \"$DO\"; it must be up, extend or down" >&2
  exit 2
  ;;
esac
