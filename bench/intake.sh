#!/usr/bin/env bash
# Measures the intake of deliveries: group commit against one insert a delivery. See bench/README.md.
# Usage: bench/intake.sh [SECONDS_PER_ROUND] [ROUNDS] [CONNECTIONS]
set -euo pipefail

seconds=${1:-5} rounds=${2:-3} connections=${3:-64}
for number in "$seconds" "$rounds" "$connections"; do
  if [[ ! $number =~ ^[1-9][0-9]{0,4}$ ]]; then
    echo "Usage: bench/intake.sh [SECONDS_PER_ROUND] [ROUNDS] [CONNECTIONS], each a whole number above 0" >&2
    exit 2
  fi
done

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
home=$(mktemp -d)
hub=

stop_hub() {
  if [[ -n $hub ]]; then
    kill "$hub" 2>/dev/null || true
    wait "$hub" || true
  fi
  rm -rf "$home"
}
trap stop_hub EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 10000))
    if [[ $port != "${1:-}" ]] && ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

if [[ ! -f $project/target/calcamel.jar ]]; then
  echo "Building target/calcamel.jar"
  (cd "$project" && mvn -B -q -DskipTests package)
fi

cp "$project/application.properties" "$home/"
cp -R "$project/routes" "$home/routes"
mkdir -p "$home/routes/bench"
cp "$project"/bench/routes/*.camel.yaml "$home/routes/bench/"

http=$(free_port)
management=$(free_port "$http")
cd "$home"
# Of the settings, only what the measurement needs: no worker beside the intake, the embedded database, the demo secrets.
env -u CALCAMEL_PROFILE -u CALCAMEL_DB_URL -u DATABASE_URL -u DATA_DIR -u ROUTES_DIR -u CALCOM_WEBHOOK_SECRET -u CALCAMEL_API_TOKEN \
  HTTP_PORT="$http" MANAGEMENT_PORT="$management" INBOX_WORKER_ENABLED=false \
  java -jar "$project/target/calcamel.jar" >hub.log 2>&1 &
hub=$!

is_ready() {
  curl -fsS -m 5 "http://127.0.0.1:$management/observe/health/ready" 2>/dev/null | grep -q '^{ *"status" *: *"UP"' &&
    curl -fsS -m 5 -o /dev/null -H 'Authorization: Bearer demo-api-token' "http://127.0.0.1:$http/api/deliveries?limit=1" 2>/dev/null
}
echo "Starting a hub of its own"
deadline=$((SECONDS + 120))
until is_ready; do
  if ! kill -0 "$hub" 2>/dev/null || ((SECONDS > deadline)); then
    echo "The hub did not start:" >&2
    cat hub.log >&2
    exit 1
  fi
  sleep 0.5
done
if ! grep -q '"fsync=on"' data/postgresql/postmaster.opts; then
  echo "PostgreSQL runs without fsync: what it acknowledges is not durable, and its speed says nothing." >&2
  exit 1
fi

echo
echo "Database    $(data/postgresql-binaries/*/bin/postgres --version), embedded, fsync on"
if ! java "$project/bench/IntakeBench.java" "http://127.0.0.1:$http" "$seconds" "$rounds" "$connections" data; then
  echo "The run failed; the end of the hub's log:" >&2
  tail -n 20 hub.log >&2
  exit 1
fi
