# Read by the other scripts: who builds images here, and how to say that something is missing.

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# needs NAME EXAMPLE: fails unless a variable is set.
needs() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || fail "$1 is not set; say for example: make $2"
}

# Sets engine to docker or buildctl.
find_engine() {
  if command -v docker >/dev/null && docker info >/dev/null 2>&1; then
    engine=docker
  elif command -v buildctl >/dev/null; then
    engine=buildctl
  elif command -v docker >/dev/null; then
    fail "docker is installed, but its engine does not answer; start it"
  else
    fail "neither docker nor buildctl is on PATH; install Docker, or let the pipeline do it in a build pod"
  fi
}

# log_in_first FILE HOW: says so when that is why a push failed.
log_in_first() {
  cat "$1" >&2
  if grep -Eqi 'unauthori[sz]ed|denied|authentication required|no basic auth|40[13]' "$1"; then
    fail "the registry does not let you in; log in first: $2"
  fi
  exit 1
}
