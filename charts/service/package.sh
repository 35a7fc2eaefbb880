#!/bin/sh
# Packages a service: its own values over the defaults beside this script, as a chart of its own name and version.
# Needs helm and nothing else; HELM says which one. README.md says how a service's repository uses it.
set -eu

usage="usage: package.sh --values FILE --name NAME --version VERSION --repository IMAGE --digest sha256:HEX [--output FOLDER]"
base=$(cd "$(dirname "$0")" && pwd)
helm=${HELM:-helm}

refuse() {
  printf '%s\n' "$1" >&2
  exit 1
}

values='' name='' version='' repository='' digest='' output=.
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || refuse "$usage"
  case $1 in
    --values) values=$2 ;;
    --name) name=$2 ;;
    --version) version=$2 ;;
    --repository) repository=$2 ;;
    --digest) digest=$2 ;;
    --output) output=$2 ;;
    *) refuse "$usage" ;;
  esac
  shift 2
done

# Whether the whole of a text, and no line of it alone, is like this.
is() {
  case $1 in *"
"*) return 1 ;; esac
  printf '%s\n' "$1" | grep -Eq "^($2)\$"
}

number='(0|[1-9][0-9]*)'
[ -f "$values" ] || refuse "--values is \"$values\", and there is no such file; $usage"
is "$name" '[a-z][a-z0-9]*(-[a-z0-9]+)*' && [ ${#name} -le 20 ] ||
  refuse "--name is \"$name\"; a service's name is 1-20 lower case letters, digits and single dashes, starting with a letter"
is "$version" "$number\.$number\.$number(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?" && [ ${#version} -le 63 ] ||
  refuse "--version is \"$version\"; give one exact version, for example 1.4.2 or 1.4.2-pr.57"
is "$repository" '[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+' ||
  refuse "--repository is \"$repository\"; give the image's name without a tag, for example europe-west1-docker.pkg.dev/acme-ci/images/$name"
is "$digest" 'sha256:[0-9a-f]{64}' ||
  refuse "--digest is \"$digest\"; give the digest that the push of the image printed, sha256: and 64 hex digits"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Runs helm, and says no more than what is wrong.
run() {
  "$helm" "$@" >"$work/out" 2>"$work/err" || refuse "$(sed -e '/^Use --debug/d' -e '/^$/d' \
    -e 's/^Error: //' -e 's/^execution error at ([^)]*): //' -e "s|$work/||g" "$work/err")"
}

# Helm is the one that reads and merges YAML: a chart whose only object is its values.
mkdir -p "$work/merged/templates"
cp "$base/values.yaml" "$work/merged/"
printf 'apiVersion: v2\nname: merged\nversion: 0.0.0\n' >"$work/merged/Chart.yaml"
cat >"$work/merged/templates/values.yaml" <<END
{{- range \$key := keys .Values | sortAlpha }}
{{- if eq \$key "environment" }}
{{- fail "the values have an \`environment\`: the platform's program gives it at install, from the catalogue; take it out" }}
{{- else if ne \$key "service" }}
{{- fail (printf "the values have an unknown key %s; all of a service's values are in \`service\`" \$key) }}
{{- end }}
{{- end }}
{{- if kindOf .Values.service | ne "map" }}
{{- fail "the values' \`service\` is no block of keys" }}
{{- end }}
{{- if hasKey .Values.service "image" }}
{{- fail "the values have a service.image: it is written here, from --repository and --digest; take it out" }}
{{- end }}
{{- \$image := dict "repository" "$repository" "digest" "$digest" }}
service:
  {{- set .Values.service "image" \$image | toYaml | nindent 2 }}
END
run template "$name" "$work/merged" --values "$values"
mv "$work/out" "$work/merged.yaml"

mkdir "$work/$name"
cp -R "$base/templates" "$base/values.schema.json" "$work/$name/"
sed '1,/^# Source: /d' "$work/merged.yaml" >"$work/$name/values.yaml"
# The templates compare what they are given with it: only a new version changes what a service says of itself.
cp "$work/$name/values.yaml" "$work/$name/packaged.yaml"
field() { sed -n "s/^$1: *//p" "$base/Chart.yaml"; }
cat >"$work/$name/Chart.yaml" <<END
apiVersion: v2
name: $name
description: The service $name.
type: application
version: $version
appVersion: "$version"
kubeVersion: $(field kubeVersion)
annotations:
  platform/service-base: "$(field version)"
END

# Rendered once in an environment that has everything, so that what no cluster would take fails here.
run template "$name" "$work/$name" --namespace staging --values "$base/ci/cloud-sql-values.yaml"

mkdir -p "$output"
run package "$work/$name" --destination "$output"
printf '%s\n' "${output%/}/$name-$version.tgz"
