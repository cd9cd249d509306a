#!/bin/bash
# Durable webhooks per second of headroomd, beside a Pistache server that stores nothing and a transaction per request:
# all in one run, in turns, each with one I/O thread. Usage: webhook_bench.sh BUILD [--table FILE]
#   ROUNDS=5 SECONDS_EACH=3 CONNECTIONS="1 16 64 256 1000" SOAK=60   (seconds under full load for the memory; 600 for ten minutes)
#   GROWN=FOLDER GROWN_GROUPS=10000000   one more server, on the file that growth_bench has left there, which it changes
# --table puts the tables between the marks of the file's section "Webhooks".
set -euo pipefail

[[ -z ${GROWN:-} || -f $GROWN/headroom.db ]] || { echo "webhook_bench: no $GROWN/headroom.db" >&2; exit 1; }
build=$(realpath "${1:?usage: webhook_bench.sh BUILD [--table FILE]}")
[[ ${2:-} != --table ]] || table=$(realpath "${3:?--table needs a file}")
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-3} soak=${SOAK:-60}
read -ra levels <<<"${CONNECTIONS:-1 16 64 256 1000}"
cd "$(dirname "$0")"
command -v wrk >/dev/null || { echo "webhook_bench: wrk is missing (apt-get install wrk)" >&2; exit 1; }

# On a disk: a temporary folder in memory would make every sync free.
folder=$(mktemp -d "${BENCH_DIR:-$build}/webhook_bench.XXXXXX")
[[ $(stat -f -c %T "$folder") != tmpfs ]] || echo "webhook_bench: $folder is no disk, set BENCH_DIR" >&2
declare -A pid url
cleanup() {
  local name
  for name in "${!pid[@]}"; do stop "$name"; done
  rm -rf "$folder"
}
trap cleanup EXIT

stop() {  # NAME
  [[ -n ${pid[$1]:-} ]] || return 0
  kill -TERM "${pid[$1]}" 2>/dev/null || true
  wait "${pid[$1]}" 2>/dev/null || true
  unset "pid[$1]"
}

# Waits for a line of FILE that matches, at most 20 s, and prints its first group.
await() {  # NAME FILE PATTERN
  local line
  for _ in {1..400}; do
    line=$(sed -nE "s/.*$3.*/\1/p" "$2" 2>/dev/null | head -n 1)
    [[ -z $line ]] || { echo "$line"; return; }
    kill -0 "${pid[$1]}" 2>/dev/null || break
    read -rt 0.05 <> <(:) || true
  done
  echo "webhook_bench: $1 did not start: $(tail -n 3 "$2")" >&2
  return 1
}

start_headroomd() {  # NAME [ENVIRONMENT…]
  local name=$1 file=$folder/$1.db
  [[ $name != @(grown|forgetting) ]] || file=$GROWN/headroom.db
  shift
  env "$@" "$build/src/daemon/headroomd" serve --config /dev/null --chat.sdk_app_id 1400000001 --scheduler.mode observe \
    --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0 --database.url "sqlite:$file" \
    --database.auto_migrate true --log.level warning 2>"$folder/$name.log" &
  pid[$name]=$!
  url[$name]=http://$(await "$name" "$folder/$name.log" 'name=webhook address=([0-9.:]+)')
}

start_other() {  # NAME
  local arguments=()
  [[ $1 != each ]] || arguments=("$folder/$1.db")
  "$build/tests/bench/webhook_bench_server" "$1" "${arguments[@]}" >"$folder/$1.log" 2>&1 0<> <(:) &
  pid[$1]=$!
  url[$1]=http://127.0.0.1:$(await "$1" "$folder/$1.log" '^([0-9]+)$')
}

ticks() { awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/${pid[$1]}/stat"; }  # NAME: CPU used
rss_kib() { awk '/^VmRSS/ {print $2}' "/proc/${pid[$1]}/status"; }             # NAME

# One measurement: NAME CONNECTIONS SECONDS -> "name connections per_second p50_us p99_us p999_us max_us cpu_us errors"
measure() {
  local before after line groups=0
  [[ $1 != @(grown|forgetting) ]] || groups=${GROWN_GROUPS:-10000000}
  before=$(ticks "$1")
  # Times go on from those of the run before: an event is never a repeat.
  line=$(wrk -t1 -c"$2" -d"$3" --latency --timeout 10s -s webhook_bench.lua "${url[$1]}" -- "$(date +%s%3N)" "$groups" |
    grep '^result') || { echo "webhook_bench: wrk failed against $1" >&2; return 1; }
  after=$(ticks "$1")
  awk -v name="$1" -v connections="$2" -v used=$((after - before)) -v hz="$(getconf CLK_TCK)" '{
    print name, connections, $2 / ($3 / 1e6), $4, $5, $6, $7, $2 ? used / hz * 1e6 / $2 : 0, $8 }' <<<"$line"
}

machine() {
  local commit
  commit=$(git rev-parse --short HEAD 2>/dev/null || echo '?')
  echo "$(date -u +%F), $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(df --output=fstype "$folder" | tail -n 1)," \
    "Linux $(uname -r), based on $commit; $rounds rounds of $seconds s, load average $(cut -d' ' -f1 /proc/loadavg) at the start."
}

report() {
  machine_line=$(machine)
  start_headroomd headroomd
  echo "idle_kib $(rss_kib headroomd)" >>"$folder/memory"
  start_headroomd slow LD_PRELOAD="$build/tests/bench/libwebhook_bench_slow_disk.so" WEBHOOK_BENCH_SYNC_MS=20
  start_other plain
  start_other each
  local name names=(plain headroomd each slow)
  [[ -z ${GROWN:-} ]] || { start_headroomd grown HEADROOM_RETENTION_EVENTS=0; names+=(grown); }
  for name in "${names[@]}"; do measure "$name" 16 1 >/dev/null; done
  all_rounds "${names[@]}"
  if [[ -n ${GROWN:-} ]]; then
    stop grown
    # Events lie within 90 days: most are to be forgotten at once.
    start_headroomd forgetting HEADROOM_RETENTION_EVENTS=1d
    all_rounds forgetting
  fi
  soak
  echo "$machine_line"
  echo
  awk -v levels="${levels[*]}" -f webhook_bench.awk "$folder/results"
  awk -v seconds="$soak" '{ if ($1 == "idle_kib") idle = $2; else { if (!first) first = $2; last = $2; if ($2 > most) most = $2 } }
    END { printf "\nResident memory: %.1f MiB idle, %.1f MiB after 5 s of load from 256 connections, %.1f MiB after %d s, %.1f MiB at most.\n",
          idle / 1024, first / 1024, last / 1024, seconds, most / 1024 }' "$folder/memory"
}

all_rounds() {  # NAME…
  local name connections
  for ((round = 1; round <= rounds; ++round)); do
    for connections in "${levels[@]}"; do
      for name; do measure "$name" "$connections" "$seconds" | tee -a "$folder/results" >&2; done
    done
  done
}

soak() {
  local left
  for ((left = soak; left > 0; left -= 5)); do
    measure headroomd 256 5 >/dev/null
    echo "load_kib $(rss_kib headroomd)" >>"$folder/memory"
  done
}

# No pipe: in a subshell the processes would not be known to the trap.
report >"$folder/report"
cat "$folder/report"
[[ -n ${table:-} ]] || exit 0
awk -v report="$folder/report" '
  /^<!-- webhook_bench -->/ { print; while ((getline line < report) > 0) print line; skip = 1; next }
  /^<!-- end -->/ { skip = 0 }
  !skip' "$table" >"$folder/new" && cp "$folder/new" "$table"
