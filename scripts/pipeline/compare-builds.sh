#!/usr/bin/env bash
# Compares two builds of a service on this machine, in interleaved blocks: the base (a) and the head (b).
#
#   START    shell command that starts the service on $PORT, run in the root of each revision (required)
#   BASE     revision to compare with (origin/main); ignored with A_FOLDER
#   HEAD     revision to compare (the working tree as it is); ignored with B_FOLDER
#   A_FOLDER, B_FOLDER   folders with the two builds, instead of revisions
#   READY    path that responds with a status below 400 once the service is ready (/health/ready)
#   FAIL_IF  conditions of `compare --fail-if`, one per line
#   OPTIONS  further options of `compare` (--rate 200 --blocks 10)
#   JUNIT    file for the conditions as JUnit XML
#   OUTPUT   folder for results and report (pushcart-results)
#   PUSHCART command that runs pushcart (that of the clone which this script is in, with the Node.js of its node_modules)
#   ATTEMPTS how often an inconclusive comparison (exit code 2) is run at most (1)
#   READY_SECONDS  how long a service may take to start, with what START installs (600)
set -euo pipefail

fail() {
  echo "compare-builds: $1" >&2
  exit "${2:-3}"
}

[ -n "${START:-}" ] || fail 'START: the command that starts the service is required'
READY=${READY:-/health/ready}
OUTPUT=${OUTPUT:-pushcart-results}
read -r -a options <<<"${OPTIONS:---rate 200 --blocks 10}"
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ -n "${PUSHCART:-}" ]; then
  read -r -a pushcart <<<"$PUSHCART"
else
  pushcart=("$home/node_modules/.bin/node" "$home/bin/pushcart.js")
  [ -x "${pushcart[0]}" ] || fail "pushcart is not installed in $(basename "$home"); run npm ci there"
fi
READY_SECONDS=${READY_SECONDS:-600}
[[ $READY_SECONDS =~ ^[1-9][0-9]{0,4}$ ]] || fail "READY_SECONDS must be between 1 and 99999 (got $READY_SECONDS)"
ATTEMPTS=${ATTEMPTS:-1}
[[ $ATTEMPTS =~ ^[1-9][0-9]?$ ]] || fail "ATTEMPTS must be between 1 and 99 (got $ATTEMPTS)"

work=$(mktemp -d)
pids=()
trees=()
# Each service is the leader of a process group, so that what it started ends with it.
clean_up() {
  [ -z "${comparison:-}" ] || kill -TERM "$comparison" 2>/dev/null || true
  for pid in "${pids[@]}"; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  for tree in "${trees[@]}"; do git worktree remove --force "$tree" 2>/dev/null || true; done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# Prints the folder with a revision.
check_out() {
  git rev-parse --verify --quiet "$1^{commit}" >/dev/null || fail "unknown revision $1; fetch it first"
  git worktree add --quiet --detach "$work/$2" "$1" >/dev/null
}

a=${A_FOLDER:-}
if [ -z "$a" ]; then
  check_out "${BASE:-origin/main}" a
  a=$work/a
  trees+=("$a")
fi
b=${B_FOLDER:-}
if [ -z "$b" ] && [ -n "${HEAD:-}" ]; then
  check_out "$HEAD" b
  b=$work/b
  trees+=("$b")
fi
b=${b:-$PWD}

free_port() {
  node -e "const s=require('node:net').createServer().listen(0,'127.0.0.1',()=>{console.log(s.address().port);s.close()})"
}

# Starts the service of a folder and waits until it is ready.
start() {
  local name=$1 folder=$2 port=$3 log=$work/$1.log waited=0
  set -m
  (cd "$folder" && PORT=$port exec bash -c "$START") >"$log" 2>&1 &
  local pid=$!
  set +m
  pids+=("$pid")
  until curl --fail --silent --max-time 2 --output /dev/null "http://127.0.0.1:$port$READY"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      tail -n 20 "$log" >&2
      fail "service $name ended before it was ready" 2
    fi
    waited=$((waited + 1))
    if [ "$waited" -gt $((5 * READY_SECONDS)) ]; then
      tail -n 20 "$log" >&2
      fail "service $name was not ready after $READY_SECONDS s" 2
    fi
    sleep 0.2
  done
}

port_a=$(free_port)
start a "$a" "$port_a"
port_b=$(free_port)
start b "$b" "$port_b"

arguments=(compare --a "http://127.0.0.1:$port_a" --b "http://127.0.0.1:$port_b"
  --label-a "${LABEL_A:-base}" --label-b "${LABEL_B:-head}" --output "$OUTPUT")
while IFS= read -r condition; do
  [ -z "${condition//[[:space:]]/}" ] || arguments+=(--fail-if "$condition")
done <<<"${FAIL_IF:-}"
[ -z "${JUNIT:-}" ] || arguments+=(--junit "$JUNIT")
for ((attempt = 1; ; attempt++)); do
  # In the background, so that a signal is handled at once.
  "${pushcart[@]}" "${arguments[@]}" "${options[@]}" &
  comparison=$!
  code=0
  wait "$comparison" || code=$?
  # Only a run that decided nothing is repeated: repeating any other until it fits would be a choice.
  [ "$code" = 2 ] && [ "$attempt" -lt "$ATTEMPTS" ] || break
  echo "compare-builds: inconclusive, attempt $((attempt + 1)) of $ATTEMPTS" >&2
done
exit "$code"
