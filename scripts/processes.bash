# Sourced by demo and run: a folder for this run, programs in the background that end with it, and their addresses.

folder=$(mktemp -d "${TMPDIR:-/tmp}/headroom.XXXXXX")
pids=()

# Ends only what was started here: first kindly, then, after the 10 s that headroomd may take, not.
stop_all() {
  local pid deadline=$((SECONDS + 12))
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do
    while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  pids=()
}
trap 'stop_all; rm -rf "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

die() {
  echo "$(basename "$0"): $*" >&2
  exit 1
}

# start LOG PROGRAM ARGUMENT…: in the background, standard error to $folder/LOG.
start() {
  local log=$folder/$1
  shift
  : >"$log"  # whoever reads it may come first
  "$@" 2>"$log" &
  pids+=($!)
}

# address_of LOG NAME: prints HOST:PORT once the newest program has written `listening name=NAME address=HOST:PORT`.
address_of() {
  local log=$folder/$1 name=$2 deadline=$((SECONDS + 20)) address
  while ((SECONDS < deadline)); do
    address=$(sed -n "s/.*listening name=$name address=\([^ ]*\).*/\1/p" "$log" | head -n 1)
    if [[ -n $address ]]; then
      echo "$address"
      return
    fi
    if ! kill -0 "${pids[-1]}" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat "$log" >&2
  die "$name does not listen"
}

random_secret() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

make_secrets() {
  local name
  for name in chat-secret-key webhook-token admin-token; do
    (umask 077 && random_secret >"$folder/$name")
  done
}

# start_simulator BUILD and start_daemon BUILD ARGUMENT…: on free ports; set $chat, $webhook and $admin.
sdk_app_id=1400000000
start_simulator() {
  start chat.log "$1/simulator/headroom-chatsim" --listen 127.0.0.1:0 --sdk-app-id "$sdk_app_id" \
    --secret-key-file "$folder/chat-secret-key" --webhook-token-file "$folder/webhook-token"
  chat=$(address_of chat.log chat)
}
start_daemon() {
  local build=$1
  shift
  # Logs without the journal's prefix, wherever this runs.
  start headroomd.log env -u JOURNAL_STREAM -u NOTIFY_SOCKET -u CREDENTIALS_DIRECTORY "$build/src/daemon/headroomd" serve \
    --chat.sdk_app_id "$sdk_app_id" --chat.base_url "http://$chat" --chat.secret_key_file "$folder/chat-secret-key" \
    --webhook.token_file "$folder/webhook-token" --admin.token_file "$folder/admin-token" \
    --database.url "sqlite:$folder/headroom.db" --database.auto_migrate true "$@"
  webhook=$(address_of headroomd.log webhook)
  admin=$(address_of headroomd.log admin)
  post_to_simulator webhook-url "{\"url\":\"http://$webhook/chat/webhook\"}" >/dev/null
}

# The simulator's control API: /sim/…
post_to_simulator() {
  curl -fsS --noproxy '*' --max-time 30 -H 'Content-Type: application/json' -d "$2" "http://$chat/sim/$1"
}
get_from_simulator() { curl -fsS --noproxy '*' --max-time 10 "http://$chat/sim/$1"; }

# The token goes by a file: arguments can be seen by other users.
get_from_admin() {
  [[ -e $folder/curl.conf ]] ||
    (umask 077 && printf 'header = "Authorization: Bearer %s"\n' "$(cat "$folder/admin-token")" >"$folder/curl.conf")
  curl -fsS --noproxy '*' --max-time 10 -K "$folder/curl.conf" "http://$admin/api/v1/$1"
}
