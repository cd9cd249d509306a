#!/bin/bash
# headroomd from outside: exit status, streams and what it leaves on disk. Usage: program_test.sh HEADROOMD
set -euo pipefail

headroomd=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset JOURNAL_STREAM NOTIFY_SOCKET CREDENTIALS_DIRECTORY
for name in $(compgen -e | grep '^HEADROOM_' || true); do unset "$name"; done

printf 'a-secret-key\n' >"$folder/key"
chmod 600 "$folder/key"
printf '[chat]\nsdk_app_id = 1400000000\nsecret_key_file = %s\n[database]\nurl = sqlite:%s\n' \
  "$folder/key" "$folder/headroom.db" >"$folder/headroomd.conf"

fail() {
  echo "FAILED: $*" >&2
  cat "$folder/out" "$folder/err" >&2
  exit 1
}

# expect STATUS ARGUMENT…: runs headroomd, compares the exit status, checks that errors are lines of headroomd's.
expect() {
  local wanted=$1 status=0
  shift
  "$headroomd" "$@" >"$folder/out" 2>"$folder/err" || status=$?
  [[ $status == "$wanted" ]] || fail "headroomd $* ended with $status, not $wanted"
  ! grep -v '^headroomd: ' "$folder/err" || fail "headroomd $*: an error without prefix"
  [[ $wanted == 0 || -s $folder/err ]] || fail "headroomd $*: no error"
}
says() { grep -qF -- "$1" "$folder/out" "$folder/err" || fail "does not say: $1"; }

config=(--config "$folder/headroomd.conf")

expect 0 --version
says "headroomd "
expect 0 --help
expect 0 help serve
says "policy.target_headroom"
expect 64
expect 64 unknown
expect 64 check-config "${config[@]}" --chat.region_ china
expect 64 check-config "${config[@]}" --chat.reg china
expect 78 check-config "${config[@]}" --chat.region mars
says '--chat.region'
says 'mars'
expect 78 check-config --config "$folder/none.conf"
expect 0 check-config "${config[@]}"

expect 0 migrate status "${config[@]}"
expect 0 migrate up "${config[@]}" --dry-run
says "CREATE TABLE"
[[ ! -e $folder/headroom.db && ! -e $folder/headroom.db.lock ]] || fail "a dry run left something behind"
expect 0 migrate up "${config[@]}"
expect 0 migrate up "${config[@]}"
expect 0 migrate verify "${config[@]}"
expect 78 migrate up "${config[@]}" --to 99999
expect 78 migrate up "${config[@]}" --chat.sdk_app_id 5
says "1400000000"
flock "$folder/headroom.db.lock" true
exec 9>>"$folder/headroom.db.lock"
flock 9
expect 75 migrate up "${config[@]}"
expect 0 migrate status "${config[@]}"
expect 0 backup "$folder/copy.db" "${config[@]}"
exec 9>&-
[[ $(stat -c %a "$folder/copy.db") == 600 ]] || fail "the backup's mode is not 0600"
expect 1 backup "$folder/copy.db" "${config[@]}"
(cd "$folder" && expect 64 backup - "${config[@]}" && [[ ! -e ./- ]]) || fail "backup - left a file"
expect 64 backup "" "${config[@]}"
expect 64 restore "" "${config[@]}"
expect 0 restore "$folder/copy.db" "${config[@]}"
says "forgotten 0 events"
[[ $(stat -c %a "$folder/headroom.db") == 600 ]] || fail "the restored database's mode is not 0600"
expect 0 migrate verify "${config[@]}"
expect 78 restore "$folder/none.db" "${config[@]}"

printf 'this is no database, whatever it is called' >"$folder/text.db"
expect 78 migrate up "${config[@]}" --database.url "sqlite:$folder/text.db"
expect 0 migrate status "${config[@]}" --database.url "sqlite:$folder/text.db"

expect 0 usersig "${config[@]}"
grep -Eq '^[A-Za-z0-9*_-]+$' "$folder/out" || fail "no UserSig"
status=0
"$headroomd" usersig "${config[@]}" >/dev/full 2>"$folder/err" || status=$?
[[ $status == 1 ]] || fail "a lost answer ended with $status, not 1"
status=0
"$headroomd" usersig "${config[@]}" >&- 2>"$folder/err" || status=$?
[[ $status == 1 ]] || fail "an answer to nobody ended with $status, not 1"
! grep -rq a-secret-key "$folder/out" "$folder/err" || fail "the secret key was shown"

# A reload says what changes, the level that would hide it as well.
await() {
  for ((i = 0; i < 200; ++i)); do
    if grep -qF -- "$1" "$folder/err"; then return; fi
    sleep 0.05
  done
  fail "does not log: $1"
}
base=$(cat "$folder/headroomd.conf")
: >"$folder/out"
"$headroomd" serve "${config[@]}" --scheduler.mode observe --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0 \
  2>"$folder/err" &
daemon=$!
trap 'kill -KILL "$daemon" 2>/dev/null || true; rm -rf "$folder"' EXIT
await 'listening name=admin'
last=info
for level in warning debug error info; do
  printf '%s\n[log]\nlevel = %s\n' "$base" "$level" >"$folder/headroomd.conf"
  kill -HUP "$daemon"
  await "changed key=log.level from=$last to=$level"
  last=$level
done
kill -TERM "$daemon"
wait "$daemon" || fail "a reloaded daemon ended with $?"

# What it dies of has a priority where standard error is the journal (here: a file in its place), and nowhere else.
: >"$folder/journal"
for stream in "$(stat -c %d:%i "$folder/journal")" 8:1; do
  status=0
  JOURNAL_STREAM=$stream "$headroomd" check-config "${config[@]}" --chat.region mars --policy.inactive_for 6m \
    >"$folder/out" 2>>"$folder/journal" || status=$?
  [[ $status == 78 ]] || fail "check-config ended with $status, not 78"
done
[[ $(grep -c '^<3>headroomd: .*mars' "$folder/journal") == 1 ]] || fail "no priority for the journal"
[[ $(grep -c '^<4>headroomd: warning: .*inactive_for' "$folder/journal") == 1 ]] || fail "no warning for the journal"
[[ $(grep -c '^headroomd: .*mars' "$folder/journal") == 1 ]] || fail "a priority where there is no journal"

new=$folder/new.db
serve=(serve "${config[@]}" --database.url "sqlite:$new" --database.auto_migrate true --scheduler.mode observe
  --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0)

# Too few descriptors: one line that says so, and nothing is begun.
for limit in 8 12 16 28 63; do
  (ulimit -n "$limit" && expect 1 "${serve[@]}") || fail "with $limit descriptors"
  [[ $(wc -l <"$folder/err") == 1 ]] || fail "with $limit descriptors: not one line"
  says "the limit of open files is $limit"
  says LimitNOFILE
  [[ ! -e $new && ! -e $new.lock ]] || fail "with $limit descriptors: a database"
done

(ulimit -n 190 && expect 1 "${serve[@]}" --webhook.threads 16) || fail "with 16 threads"
says "at least 199 are needed"

# Without standard error, and with as few descriptors as are needed: no file of a new database takes its number.
(ulimit -n 64 && exec "$headroomd" "${serve[@]}" 2>&-) &
daemon=$!
for ((i = 0; i < 200; ++i)); do
  if [[ -e $new-wal ]] || ! kill -0 "$daemon" 2>/dev/null; then break; fi
  sleep 0.05
done
kill -TERM "$daemon" || fail "without standard error it does not stay"
wait "$daemon" || fail "without standard error it ended with $?"
[[ ! -s $new.lock ]] || fail "the log went into the lock file: $(cat "$new.lock")"
echo "ok"
