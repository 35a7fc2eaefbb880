#!/bin/sh
# Builds, tests, looks at and pushes the image: image.sh build|test|push|lint|acceptance
set -eu
cd "$(dirname "$0")/.."
. scripts/engine.sh

image=$IMAGES/$NAME
action=$1
# Only what is pushed needs a version of its own.
[ "$action" != push ] || needs VERSION "push VERSION=1.4.2"
tag=${VERSION:-0.0.0-local}
find_engine

# build STAGE OPTION...: buildctl keeps what it built in its cache, docker under the tag that the options name.
build() {
  stage=$1
  shift
  if [ "$engine" = docker ]; then
    [ -z "${REGISTRY_CACHE:-}" ] || set -- --cache-from "type=registry,ref=$REGISTRY_CACHE/$NAME" "$@"
    docker build --target "$stage" --build-arg "VERSION=$tag" "$@" .
  else
    [ -z "${REGISTRY_CACHE:-}" ] || set -- \
      --import-cache "type=registry,ref=$REGISTRY_CACHE/$NAME" \
      --export-cache "type=registry,ref=$REGISTRY_CACHE/$NAME,mode=max,ignore-error=true" "$@"
    buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=. \
      --opt "target=$stage" --opt "build-arg:VERSION=$tag" "$@"
  fi
}

# argument NAME VALUE: a build argument, in the words of the engine.
argument() {
  if [ "$engine" = docker ]; then printf -- '--build-arg=%s=%s' "$1" "$2"; else printf -- '--opt=build-arg:%s=%s' "$1" "$2"; fi
}

# Inside the image, on a network where the stores have names.
test_by_docker() {
  docker network inspect "$NAME" >/dev/null 2>&1 || fail "there are no stores to test with; start them: make stores-up"
  build code --tag "$NAME-code"
  docker rm --force "$NAME-test" >/dev/null 2>&1 || true
  status=0
  docker run --name "$NAME-test" --network "$NAME" \
    --env "DATABASE_URL=postgresql://postgres@$NAME-postgres:5432/postgres" \
    --env "REDIS_URL=redis://$NAME-redis:6379" \
    "$NAME-code" npm run --silent test:report || status=$?
  docker cp "$NAME-test:/service/reports/." reports
  docker rm "$NAME-test" >/dev/null
}

# Inside the image too; BuildKit without root uses the pod's network, where the stores are on localhost.
test_by_buildctl() {
  build reports "$(argument RUN "$(date +%s)-$$")" \
    "$(argument DATABASE_URL "${DATABASE_URL:-postgresql://postgres@127.0.0.1:5432/postgres}")" \
    "$(argument REDIS_URL "${REDIS_URL:-redis://127.0.0.1:6379}")" \
    --output type=local,dest=reports
  cat reports/unit.log
  status=$(cat reports/status)
}

# Both leave the digest in `digest`.
push_by_docker() {
  build release --tag "$image:$tag"
  docker push "$image:$tag" >build/push.log 2>&1 ||
    log_in_first build/push.log "gcloud auth configure-docker ${IMAGES%%/*}"
  digests=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$image:$tag")
  digest=$(printf '%s\n' "$digests" | sed -n "s|^$image@||p" | tail -n 1)
}

push_by_buildctl() {
  build release --output "type=image,name=$image:$tag,push=true" --metadata-file build/push.json \
    >build/push.log 2>&1 || log_in_first build/push.log "the build pod's account has to be a writer of $IMAGES"
  digest=$(sed -n 's/.*"containerimage.digest": *"\(sha256:[0-9a-f]*\)".*/\1/p' build/push.json)
}

case $action in
  build)
    if [ "$engine" = docker ]; then build release --tag "$image:$tag"; else build release; fi
    ;;
  test)
    rm -rf reports
    mkdir reports
    "test_by_$engine"
    [ "$status" = 0 ] || fail "the unit tests failed; reports/ has what they said"
    ;;
  push)
    mkdir -p build
    "push_by_$engine"
    case $digest in sha256:*) ;; *) fail "the push of $image:$tag gave no digest; build/push.log has what was said" ;; esac
    printf '%s\n' "$digest" >"build/$tag.digest"
    printf '%s\n' "$image:$tag@$digest"
    ;;
  lint) build lint ;;
  acceptance) build acceptance "$(argument RUN "$(date +%s)-$$")" "$(argument URL "$URL")" ;;
esac
