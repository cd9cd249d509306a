#!/bin/bash
# A PostgreSQL of its own for one test program, in a new folder, on a Unix socket alone. Says "ready FOLDER" when it can
# be used, then takes "stop" (at once, as a crash does) and "start", "freeze" and "thaw", and "standby-start" and "standby-stop" for a standby
# called "standby", each answered by a line. At the end of its input it
# ends the server and removes the folder: so both go, however the test ends.
set -euo pipefail
trap '' INT HUP TERM  # whoever ends the tests from a terminal means them; the input ends with them

bin=/usr/lib/postgresql/15/bin
[[ -x $bin/postgres ]] || bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
[[ -x $bin/postgres ]] || { echo "no PostgreSQL in /usr/lib/postgresql: scripts/install-deps test"; exit 1; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/headroom-postgres-XXXXXX")
data=$folder/data
pid=
standby_pid=
as_user=()
# PostgreSQL refuses to run as root.
if ((EUID == 0)); then
  chown nobody "$folder"
  as_user=(--reuid=nobody --regid=nogroup --clear-groups)
fi
cd "$folder"

# As a machine that hangs does: what is connected stays so, and nobody answers.
freeze() {
  kill -STOP "$pid"
  pkill -STOP -P "$pid" || true
}
thaw() {
  pkill -CONT -P "$pid" || true
  kill -CONT "$pid" 2>/dev/null || true
}
stop() {
  [[ -n $pid ]] || return 0
  thaw
  kill -QUIT "$pid" 2>/dev/null || true
  wait "$pid" 2>/dev/null || true
  pid=
}
stop_standby() {
  [[ -n $standby_pid ]] || return 0
  kill -QUIT "$standby_pid" 2>/dev/null || true
  wait "$standby_pid" 2>/dev/null || true
  standby_pid=
}
end() {
  stop_standby
  stop
  rm -rf "$folder"
}
trap end EXIT

start() {
  local tries=0
  setpriv "${as_user[@]}" --pdeathsig=QUIT "$bin/postgres" -D "$data" </dev/null >>"$folder/log" 2>&1 &
  pid=$!
  until "$bin/pg_isready" -q -h "$folder" -d postgres; do
    if ! kill -0 "$pid" 2>/dev/null || ((++tries > 600)); then
      echo "PostgreSQL does not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
      exit 1
    fi
    sleep 0.05
  done
}

# On a port of its own in the same folder; copied when it is first asked for.
start_standby() {
  local tries=0 conninfo="host=$folder user=headroom application_name=standby"
  if [[ ! -d $folder/standby ]]; then
    setpriv "${as_user[@]}" env -i PATH="$PATH" "$bin/pg_basebackup" -d "$conninfo" -D "$folder/standby" -X stream -c fast -R --no-sync \
      </dev/null >>"$folder/log" 2>&1 || { echo "pg_basebackup failed: $(tail -n 3 "$folder/log" | tr '\n' ' ')"; exit 1; }
  fi
  setpriv "${as_user[@]}" --pdeathsig=QUIT "$bin/postgres" -D "$folder/standby" -p 5433 </dev/null >>"$folder/log" 2>&1 &
  standby_pid=$!
  until "$bin/pg_isready" -q -h "$folder" -p 5433 -d postgres; do
    if ! kill -0 "$standby_pid" 2>/dev/null || ((++tries > 600)); then
      echo "the standby does not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
      exit 1
    fi
    sleep 0.05
  done
}

# The database's own order of texts is a language's, so that what needs the order of bytes has to say so.
if ! setpriv "${as_user[@]}" env -i PATH="$PATH" TZ=UTC LC_ALL=C.UTF-8 "$bin/initdb" -D "$data" -U headroom -A trust -E UTF8 \
  --locale=C.UTF-8 --locale-provider=icu --icu-locale=en-US --no-sync --no-instructions >"$folder/log" 2>&1; then
  echo "initdb failed: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  exit 1
fi
cat >>"$data/postgresql.conf" <<TEXT
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
full_page_writes = off
autovacuum = off
max_connections = 40
shared_buffers = 16MB
wal_level = replica
max_wal_senders = 3
max_wal_size = 256MB
deadlock_timeout = 50ms
jit = off
TEXT
cat >"$data/pg_hba.conf" <<TEXT
local all guarded scram-sha-256
local all all     trust
local replication all trust
TEXT
start
echo "ready $folder"

while read -r order; do
  case $order in
    stop) stop && echo stopped ;;
    start) start && echo started ;;
    freeze) freeze && echo frozen ;;
    thaw) thaw && echo thawed ;;
    standby-stop) stop_standby && echo stopped ;;
    standby-start) start_standby && echo started ;;
  esac
done
