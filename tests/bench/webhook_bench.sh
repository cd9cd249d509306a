#!/bin/bash
# Durable webhooks per second of headroomd, beside a Pistache server that stores nothing, beside one that stores as little
# as can be called storing ("the floor", webhook_bench_floor.h), and beside a transaction per request: all in one run, in
# turns, each with one I/O thread. Usage: webhook_bench.sh BUILD [--table FILE]
#   ROUNDS=5 SECONDS_EACH=3 CONNECTIONS="1 16 64 256 1000" SOAK=60   (seconds under full load for the memory; 600 for ten minutes)
#   SERVERS="plain floor headroomd each slow"   BEFORE=PROGRAM   (another headroomd, which takes part as "before")
#   PINNED=1   (0: without the second table, in which server and generator have a core each)
#   GROWN=FOLDER GROWN_GROUPS=10000000   one more server, on the file that growth_bench has left there, which it changes
#   OTHER_CORES=0.25   a measurement beside more load than that of other programs is thrown away and made again
#   REPEATS=200        so often in all; then the machine is too busy, and there is no table
# --table puts the tables between the marks of the file's section "Webhooks".
set -euo pipefail

fail() { echo "webhook_bench: $*" >&2; exit 1; }

[[ -z ${GROWN:-} || -f $GROWN/headroom.db ]] || fail "no $GROWN/headroom.db"
build=$(realpath "${1:?usage: webhook_bench.sh BUILD [--table FILE]}")
[[ ${2:-} != --table ]] || table=$(realpath "${3:?--table needs a file}")
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-3} soak=${SOAK:-60} sync_ms=20
other_cores=${OTHER_CORES:-0.25} repeats=${REPEATS:-200}
read -ra levels <<<"${CONNECTIONS:-1 16 64 256 1000}"
read -ra servers <<<"${SERVERS:-plain floor headroomd each slow}"
cd "$(dirname "$0")"
command -v wrk >/dev/null || fail "wrk is missing (apt-get install wrk)"
opens=$build/tests/bench/libwebhook_bench_opens.so slow_disk=$build/tests/bench/libwebhook_bench_slow_disk.so
# The loader passes over a library that is not there, and an ordinary daemon would be measured.
for library in "$opens" "$slow_disk"; do [[ -r $library ]] || fail "no $library: build webhook_bench_opens and webhook_bench_slow_disk"; done

# On a disk: a temporary folder in memory would make every sync free.
folder=$(mktemp -d "${BENCH_DIR:-$build}/webhook_bench.XXXXXX")
[[ $(stat -f -c %T "$folder") != tmpfs ]] || fail "$folder is no disk, set BENCH_DIR"
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
  local name=$1 file=$folder/$1.db program=$build/src/daemon/headroomd
  [[ $name != @(grown|forgetting) ]] || file=$GROWN/headroom.db
  [[ $name != before ]] || program=$BEFORE
  shift
  env "$@" "$program" serve --config /dev/null --chat.sdk_app_id 1400000001 --scheduler.mode observe \
    --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0 --database.url "sqlite:$file" \
    --database.auto_migrate true --log.level warning 2>"$folder/$name.log" &
  pid[$name]=$!
  url[$name]=http://$(await "$name" "$folder/$name.log" 'name=webhook address=([0-9.:]+)')
}

start_slow() {
  start_headroomd slow LD_PRELOAD="$slow_disk" WEBHOOK_BENCH_SYNC_MS=$sync_ms
  grep -q "${slow_disk##*/}" "/proc/${pid[slow]}/maps" || fail "the slow disk's library is not in the daemon"
}

start_other() {  # NAME
  local arguments=()
  [[ $1 == plain ]] || arguments=("$folder/$1.db")
  "$build/tests/bench/webhook_bench_server" "$1" "${arguments[@]}" >"$folder/$1.log" 2>&1 0<> <(:) &
  pid[$1]=$!
  url[$1]=http://127.0.0.1:$(await "$1" "$folder/$1.log" '^([0-9]+)$')
}

start() {  # NAME
  case $1 in
    headroomd | before) start_headroomd "$1" ;;
    slow) start_slow ;;
    grown) start_headroomd grown HEADROOM_RETENTION_EVENTS=0 ;;
    forgetting) start_headroomd forgetting HEADROOM_RETENTION_EVENTS=1d ;;  # events lie within 90 days: most at once
    *) start_other "$1" ;;
  esac
}

hz=$(getconf CLK_TCK)
ticks() { awk '{sub(/.*\) /, ""); print $12 + $13}' "/proc/${pid[$1]}/stat"; }  # NAME: CPU used
machine_ticks() { awk '/^cpu / {print $2 + $3 + $4 + $7 + $8 + $9}' /proc/stat; }  # of all programs, and stolen
rss_kib() { awk '/^VmRSS/ {print $2}' "/proc/${pid[$1]}/status"; }             # NAME

generator=()  # what stands before wrk: the cores that it may use

# One attempt: NAME CONNECTIONS SECONDS ->
# "name connections per_second p50_us p99_us p999_us max_us cpu_us errors other_cores opens"
attempt() {
  local before after all line groups=0 per_second=80000
  [[ $1 != @(grown|forgetting) ]] || groups=${GROWN_GROUPS:-10000000}
  (($2 > 4)) || per_second=40000
  rm -f "$folder/opens"
  before=$(ticks "$1") all=$(machine_ticks)
  local TIMEFORMAT='%U %S %R'
  # wrk builds its requests before it begins to measure, which is no other program's load.
  { time "${generator[@]}" env LD_PRELOAD="$opens" WEBHOOK_BENCH_OPENS="$folder/opens" \
      wrk -t1 -c"$2" -d"$3" --latency --timeout 10s -s webhook_bench.lua "${url[$1]}" -- \
      "$(date +%s%3N)" $((per_second * $3)) "$groups" >"$folder/wrk" 2>&1; } 2>"$folder/time" ||
    { echo "webhook_bench: wrk failed against $1: $(tail -n 3 "$folder/wrk")" >&2; return 1; }
  after=$(ticks "$1") all=$(($(machine_ticks) - all))
  line=$(grep '^result' "$folder/wrk") || { echo "webhook_bench: wrk said nothing of $1" >&2; return 1; }
  [[ -s $folder/opens ]] || { echo "webhook_bench: nobody counted the connections" >&2; return 1; }
  awk -v name="$1" -v connections="$2" -v used=$((after - before)) -v all="$all" -v hz="$hz" -v opens="$(<"$folder/opens")" \
    -v generator="$(tail -n 1 "$folder/time")" '{
    split(generator, own, " ")
    other = (all - used) / hz - own[1] - own[2]
    print name, connections, $2 / ($3 / 1e6), $4, $5, $6, $7, $2 ? used / hz * 1e6 / $2 : 0, $8,
      sprintf("%.2f", other > 0 ? other / own[3] : 0), opens, $9 }' <<<"$line"
}

# Until one attempt had the machine to itself; what it had not counts towards REPEATS.
measure() {  # NAME CONNECTIONS SECONDS
  local line result
  while true; do
    line=$(attempt "$@") || return 1
    read -ra result <<<"$line"
    ((${result[10]} <= $2 + 1)) || {  # one to try the address
      echo "webhook_bench: ${result[10]} connections were opened to $1 for $2: it closes them, and its rate says nothing" >&2
      return 1
    }
    ((${result[11]} == 0)) || { echo "webhook_bench: too few requests were built ahead for $1" >&2; return 1; }
    [[ $1 != slow ]] || ((${result[3]%.*} >= sync_ms * 1000)) || {
      echo "webhook_bench: a webhook took ${result[3]} us on a disk whose syncs take $sync_ms ms" >&2
      return 1
    }
    awk -v other="${result[9]}" -v most="$other_cores" 'BEGIN { exit !(other <= most) }' && break
    echo "again: $line" >>"$folder/again"
    echo "again: $line" >&2
    (($(wc -l <"$folder/again") < repeats)) || { echo "webhook_bench: the machine is too busy" >&2; return 1; }
  done
  echo "$line"
}

machine() {
  local commit
  commit=$(git rev-parse --short HEAD 2>/dev/null || echo '?')
  echo "$(date -u +%F), $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(df --output=fstype "$folder" | tail -n 1)," \
    "Linux $(uname -r), based on $commit; $rounds rounds of $seconds s."
}

beside() {
  local most again=0
  most=$(awk '$10 > most { most = $10 } END { printf "%.2f", most }' "$folder"/results*)
  [[ ! -f $folder/again ]] || again=$(wc -l <"$folder/again")
  echo "Beside each measurement other programs used at most $most cores; $again with more than $other_cores were made again."
}

report() {
  local name
  machine_line=$(machine)
  for name in "${servers[@]}"; do
    start "$name"
    [[ $name != headroomd ]] || echo "idle_kib $(rss_kib headroomd)" >>"$folder/memory"
  done
  [[ -z ${BEFORE:-} ]] || { start before; servers+=(before); }
  [[ -z ${GROWN:-} ]] || { start grown; servers+=(grown); }
  for name in "${servers[@]}"; do measure "$name" 16 1 >/dev/null; done
  all_rounds "$folder/results" "${servers[@]}"
  if [[ -n ${GROWN:-} ]]; then
    stop grown
    start forgetting
    all_rounds "$folder/results" forgetting
  fi
  ((${PINNED:-1} == 0 || $(nproc) < 2)) || pinned
  soak
  echo "$machine_line"
  beside
  echo
  awk -v levels="${levels[*]}" -f webhook_bench.awk "$folder/results"
  if [[ -s $folder/results_pinned ]]; then
    printf '\nThe same with a core for the server and another for the generator:\n\n'
    awk -v levels="${levels[*]}" -f webhook_bench.awk "$folder/results_pinned"
  fi
  [[ ! -s $folder/memory ]] || memory
}

all_rounds() {  # FILE NAME…
  local name connections file=$1
  shift
  for ((round = 1; round <= rounds; ++round)); do
    for connections in "${levels[@]}"; do
      for name; do measure "$name" "$connections" "$seconds" | tee -a "$file" >&2; done
    done
  done
}

pinned() {
  local name all core cores=() compared=()
  all=$(taskset -cp $$ | sed 's/.*: //')
  for core in $(seq 0 $(($(nproc --all) - 1))); do
    ! taskset -c "$core" true 2>/dev/null || cores+=("$core")
  done
  for name in "${servers[@]}"; do
    [[ $name == @(plain|floor|headroomd|before) ]] || continue
    taskset -acp "${cores[0]}" "${pid[$name]}" >/dev/null
    compared+=("$name")
  done
  generator=(taskset -c "${cores[1]}")
  all_rounds "$folder/results_pinned" "${compared[@]}"
  generator=()
  for name in "${compared[@]}"; do taskset -acp "$all" "${pid[$name]}" >/dev/null; done
}

soak() {
  local left
  [[ -n ${pid[headroomd]:-} ]] || return 0
  for ((left = soak; left > 0; left -= 5)); do
    attempt headroomd 256 5 >/dev/null
    echo "load_kib $(rss_kib headroomd)" >>"$folder/memory"
  done
}

memory() {
  awk -v seconds="$soak" '{ if ($1 == "idle_kib") idle = $2; else { if (!first) first = $2; last = $2; if ($2 > most) most = $2 } }
    END { printf "\nResident memory: %.1f MiB idle, %.1f MiB after 5 s of load from 256 connections, %.1f MiB after %d s, %.1f MiB at most.\n",
          idle / 1024, first / 1024, last / 1024, seconds, most / 1024 }' "$folder/memory"
}

# No pipe: in a subshell the processes would not be known to the trap.
report >"$folder/report"
cat "$folder/report"
[[ -n ${table:-} ]] || exit 0
awk -v report="$folder/report" '
  /^<!-- webhook_bench -->/ { print; while ((getline line < report) > 0) print line; skip = 1; next }
  /^<!-- end -->/ { skip = 0 }
  !skip' "$table" >"$folder/new" && cp "$folder/new" "$table"
