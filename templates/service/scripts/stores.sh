#!/bin/sh
# Starts and stops the stores of a laptop: stores.sh up|down. In a build pod they run beside the build.
set -eu
cd "$(dirname "$0")/.."
. scripts/engine.sh

# What Cloud SQL and Memorystore run. Tag for people, digest for the machine: change both together.
postgres=postgres:18.6-bookworm@sha256:1c59e2c3c818eaa0f0628f695b36e7c9e362d6b219b36a54a32df645cbd7e1af
redis=valkey/valkey:9.0.5-alpine@sha256:0cb61366757e2bcd26500b4e8bb63cbd7117610e3e4f05aacb3c812511da7632

find_engine
if [ "$engine" != docker ]; then
  echo "no docker here: in a build pod the stores run beside the build, on localhost"
  exit 0
fi

down() {
  docker rm --force --volumes "$NAME-postgres" "$NAME-redis" >/dev/null 2>&1 || true
  docker network rm "$NAME" >/dev/null 2>&1 || true
}

up() {
  docker network create "$NAME" >/dev/null
  # Everybody may log in, so only this machine may ask.
  docker run --detach --name "$NAME-postgres" --network "$NAME" --publish 127.0.0.1:5432:5432 \
    --env POSTGRES_HOST_AUTH_METHOD=trust "$postgres" >/dev/null
  docker run --detach --name "$NAME-redis" --network "$NAME" --publish 127.0.0.1:6379:6379 "$redis" >/dev/null
  for _ in $(seq 60); do
    if docker exec "$NAME-postgres" pg_isready --quiet --host 127.0.0.1 --username postgres &&
      docker exec "$NAME-redis" valkey-cli ping >/dev/null; then
      echo "postgres is at 127.0.0.1:5432, redis at 127.0.0.1:6379"
      return
    fi
    sleep 1
  done
  fail "the stores do not answer after a minute; see: docker logs $NAME-postgres"
}

down
[ "$1" = down ] || up
