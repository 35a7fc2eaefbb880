#!/bin/sh
# Packages the service's chart, and pushes it where CHARTS says; needs helm and no container engine.
set -eu
cd "$(dirname "$0")/.."
. scripts/engine.sh

needs VERSION "chart VERSION=1.4.2"
command -v "$HELM" >/dev/null || fail "$HELM is not on PATH; install Helm, or say where it is: HELM=/path/to/helm"
written=build/$VERSION.digest
[ -n "${DIGEST:-}" ] || [ ! -f "$written" ] || DIGEST=$(cat "$written")
[ -n "${DIGEST:-}" ] ||
  fail "the image's digest is not known; push it first (make push VERSION=$VERSION), or say DIGEST=sha256:..."

# A registry on this machine, as in tests, has no certificate.
plain() {
  case $1 in oci://127.0.0.1[:/]* | oci://localhost[:/]*) echo --plain-http ;; esac
}

base_version=$(cat chart/base-version)
rm -rf build/base build/charts
mkdir -p build/base
case $CHART_BASE in
  oci://*)
    # shellcheck disable=SC2046 # No option is no argument.
    "$HELM" pull "$CHART_BASE" --version "$base_version" --untar --untardir build/base \
      $(plain "$CHART_BASE") >build/pull.log 2>&1 || log_in_first build/pull.log "$HELM registry login"
    base=build/base/service-base
    ;;
  *.tgz)
    tar -xzf "$CHART_BASE" -C build/base
    base=build/base/service-base
    ;;
  *) base=$CHART_BASE ;;
esac
[ -f "$base/package.sh" ] || fail "$CHART_BASE is no service-base: it has no package.sh; CHART_BASE is a folder, a .tgz or oci://..."
found=$(sed -n 's/^version: *//p' "$base/Chart.yaml")
[ "$found" = "$base_version" ] ||
  fail "$CHART_BASE is version $found, but chart/base-version says $base_version; change the one that is wrong"

archive=$(HELM=$HELM sh "$base/package.sh" --values chart/values.yaml --name "$NAME" --version "$VERSION" \
  --repository "$IMAGES/$NAME" --digest "$DIGEST" --output build/charts | tail -n 1)
[ -f "$archive" ] || exit 1
printf '%s\n' "$archive"
[ -n "${CHARTS:-}" ] || exit 0
# shellcheck disable=SC2046
"$HELM" push "$archive" "$CHARTS" $(plain "$CHARTS") >build/push-chart.log 2>&1 ||
  log_in_first build/push-chart.log "$HELM registry login"
cat build/push-chart.log
