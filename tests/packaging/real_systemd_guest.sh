#!/bin/bash
# Inside the container of real_systemd.sh: installs the service as the README says, lets happen to it what happens in
# operation, and looks whether it comes back by itself. Usage: real_systemd_guest.sh [SCENARIO…]; all without one.
set -euo pipefail

app=1400000000
chat=127.0.0.1:9000
webhook=127.0.0.1:8080
admin=127.0.0.1:8081
state=/var/lib/headroom
database=$state/headroom.db
config=/etc/headroom/headroomd.conf
store=/etc/credstore

fail() {
  echo "FAILED: $scenario: $*"
  journalctl -u headroomd --no-pager -o short-monotonic | tail -n 60 >&2
  systemctl status headroomd --no-pager >&2 || true
  exit 1
}
# within SECONDS WHAT COMMAND…: until it succeeds.
within() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "not within $((deadline - begun)) s: $what"
    sleep 0.2
  done
}
property() { systemctl show -P "$1" headroomd; }
ready() { curl -fsS --max-time 2 "http://$admin/readyz"; }
unpaused() { ready | grep -v '"paused":true'; }
paused_by() { ready | grep "\"paused_reason\":\"$1\""; }
events() { sqlite3 -readonly "$database" 'SELECT count(*) FROM event'; }
# send GROUP [TOKEN]: a full-group webhook as Chat sends it; prints the status.
send() {
  local now token=${2:-$(head -n 1 "$store/headroom.webhook-token")}
  now=$(date +%s)
  curl -sS --max-time 3 -o /dev/null -w '%{http_code}' \
    -d "{\"CallbackCommand\":\"Group.CallbackAfterGroupFull\",\"GroupId\":\"$1\",\"EventTime\":$((now * 1000))}" \
    "http://$webhook/chat/webhook?SdkAppid=$app&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json&Sign=$(
      printf %s "$token$now" | sha256sum | cut -d ' ' -f 1)&RequestTime=$now"
}
sent() { [[ $(send "$@") == 200 ]]; }
chat_calls() { curl -fsS "http://$chat/sim/stats" | sed -n 's/.*"calls":\({[^}]*}\).*/\1/p'; }
serves() { within "$1" "it takes webhooks" sent "@TGS#$scenario"; }

set_up() {
  systemd-sysusers
  install -d -m 700 "$store"
  (umask 077 && for name in chat-secret-key webhook-token admin-token; do
    head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$store/headroom.$name"
  done)
  install -D -m 644 /usr/local/share/doc/headroom/examples/headroomd.conf "$config"
  sed -i "s|^#sdk_app_id =.*|sdk_app_id = $app|; s|^#base_url =.*|base_url = http://$chat|" "$config"
  cp "$config" /root/good.conf
  # A disk that is soon full.
  mkdir -p "$state" && mount -t tmpfs -o size=24m,mode=700 tmpfs "$state"
  printf '[Service]\nExecStart=/usr/local/bin/headroom-chatsim --listen %s --sdk-app-id %s --secret-key-file %s\n' \
    "$chat" "$app" "$store/headroom.chat-secret-key" >/etc/systemd/system/chat.service
  systemctl daemon-reload
  systemctl start chat
}

first_start() {
  systemctl enable -q headroomd
  systemctl start headroomd || fail "systemctl start"
  ready >/dev/null || fail "started, but not ready"
  [[ $(stat -c '%U %a' "$database") == "headroom 600" ]] || fail "database: $(stat -c '%U %a' "$database")"
}

kill_9() {
  local before
  sent "@TGS#before" || fail "no webhook before"
  before=$(events)
  kill -KILL "$(property MainPID)"
  serves 20
  (($(events) > before)) || fail "an acknowledged event is lost"
}

# It hangs: the watchdog ends it (30 s; it has to be killed in the end, 30 s more), and it is started again.
hang() {
  kill -STOP "$(property MainPID)"
  within 90 "the watchdog sees it" bash -c '[[ $(systemctl show -P Result headroomd) == watchdog || $(systemctl show -P SubState headroomd) == auto-restart ]]'
  serves 60
}

# Somebody writes to the database while a migration has to be made.
failed_migration() {
  systemctl stop headroomd
  rm -f "$database"*
  runuser -u headroom -- headroomd migrate up --to 3 >/dev/null 2>&1 || fail "migrate up --to 3"
  { echo "BEGIN EXCLUSIVE;"; sleep 45; } | sqlite3 "$database" &
  sleep 1
  systemctl start headroomd 2>/dev/null && fail "it started over a locked database"
  wait $!
  serves 45
  headroomd migrate status | grep -qi current || fail "not migrated: $(headroomd migrate status)"
}

taken_port() {
  local calls
  calls=$(chat_calls)
  systemctl stop headroomd
  systemd-socket-activate -l "$webhook" /bin/cat 2>/dev/null &
  local holder=$!
  sleep 1
  systemctl start headroomd 2>/dev/null && fail "it started without its port"
  sleep 75
  [[ $(property SubState) == auto-restart || $(property ActiveState) == activating ]] || fail "given up: $(property Result)"
  [[ $(chat_calls) == "$calls" ]] || fail "it called Chat without its port"
  kill "$holder"
  serves 25
}

full_disk() {
  sent "@TGS#before" || fail "no webhook before"
  local before
  before=$(events)
  dd if=/dev/zero of="$state/filler" bs=64k 2>/dev/null || true
  while printf x >>"$state/filler" 2>/dev/null; do :; done
  kill -KILL "$(property MainPID)"
  sleep 35
  # What fits into the room that the log already owns may be acknowledged; the rest is refused, and the daemon says so.
  local acknowledged=0 number
  for number in $(seq 200); do
    sent "@TGS#full-$number" && acknowledged=$((acknowledged + 1)) || break
  done
  ((acknowledged < 200)) || fail "a full disk takes everything"
  ! ready >/dev/null 2>&1 || fail "ready on a full disk"
  rm "$state/filler"
  serves 30
  within 10 "ready" ready
  (($(events) >= before + acknowledged)) || fail "of $acknowledged acknowledged events some are lost"
}

bad_reload() {
  local pid
  pid=$(property MainPID)
  sed -i 's|^#mode = plan|mode = prune_everybody|; s|^#stale_after = .*|stale_after = 600|' "$config"
  ! systemctl reload headroomd 2>/dev/null || fail "a reload of a bad file succeeded"
  sent "@TGS#$scenario" || fail "a bad file stopped it"
  cp /root/good.conf "$config"
  sed -i 's|^#mode = plan|mode = observe|' "$config"
  systemctl reload headroomd || fail "a good file was refused: $(journalctl -u headroomd --no-pager -o cat | tail -n 5)"
  within 20 "the new mode" bash -c "curl -fsS http://$admin/metrics | grep -q '^headroom_mode{mode=\"observe\"} 1'"
  [[ $(property MainPID) == "$pid" ]] || fail "it was started again"
  cp /root/good.conf "$config"
  systemctl reload headroomd || fail "back"
}

# A new webhook token without a lost webhook: two lines, the console, one line.
new_token() {
  local old new=0123456789abcdef0123456789abcdef
  old=$(cat "$store/headroom.webhook-token")
  printf '%s\n%s\n' "$new" "$old" >"$store/headroom.webhook-token"
  systemctl reload headroomd || fail "reload"
  within 20 "the new token" sent "@TGS#$scenario" "$new"
  sent "@TGS#$scenario" "$old" || fail "the old token while both are valid"
  printf '%s\n' "$new" >"$store/headroom.webhook-token"
  systemctl reload headroomd || fail "reload"
  within 20 "the old token is refused" bash -c "$(declare -f send); $(declare -p app webhook store); [[ \$(send x $old) == 403 ]]"
  sent "@TGS#$scenario" "$new" || fail "the new token"
}

# A restart can not mend this: it is not tried over and over, and the unit says so.
bad_configuration() {
  sed -i 's|^#mode = plan|mode = prune_everybody|' "$config"
  ! systemctl restart headroomd 2>/dev/null || fail "it started with a bad file"
  sleep 12
  [[ $(property ActiveState) == failed && $(property ExecMainStatus) == 78 ]] ||
    fail "$(property ActiveState) $(property SubState) $(property ExecMainStatus)"
  cp /root/good.conf "$config"
  systemctl start headroomd || fail "start with the good file"
  serves 5
}

# Booted with a clock 200 days behind, which is set right while it runs.
wrong_clock() {
  local folder=/etc/systemd/system/headroomd.service.d library stored
  library=$(find /usr/lib -name libfaketime.so.1)
  install -d "$folder"
  printf '[Service]\nEnvironment=LD_PRELOAD=%s FAKETIME_TIMESTAMP_FILE=/etc/faketime FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1\n' \
    "$library" >"$folder/clock.conf"
  echo '-200d' >/etc/faketime
  chmod 644 /etc/faketime
  # Full groups that are looked at again and again: a clock is compared where something is planned.
  sed -i 's|^#request_time_window = .*|request_time_window = 0|; s|^#stale_after = .*|stale_after = 2s|; s|^#cooldown = .*|cooldown = 3s|' "$config"
  curl -fsS -d '{"name":"demo"}' "http://$chat/sim/scenario" >/dev/null
  systemctl daemon-reload
  systemctl restart headroomd || fail "no start with a wrong clock"
  for number in $(seq 20); do sent "@TGS#clock-$number" || fail "webhook $number under a wrong clock"; done
  stored=$(events)
  within 60 "the skew is seen" paused_by clock_skew
  echo '+0' >/etc/faketime
  within 20 "it goes on once the clock is right" unpaused
  sleep 5
  (($(events) >= stored)) || fail "of $stored events $(events) are left"
  echo '+1d' >/etc/faketime
  within 30 "a clock that is ahead is seen" paused_by clock_skew
  echo '+0' >/etc/faketime
  within 20 "it goes on again" unpaused
  (($(events) >= stored)) || fail "of $stored events $(events) are left"
  rm "$folder/clock.conf"
  cp /root/good.conf "$config"
  systemctl daemon-reload
  systemctl restart headroomd || fail "restart"
  serves 5
}

scenarios=("$@")
((${#scenarios[@]})) ||
  scenarios=(kill_9 failed_migration taken_port full_disk bad_reload new_token bad_configuration hang wrong_clock)
scenario=set_up begun=0
set_up
for scenario in first_start "${scenarios[@]}"; do
  begun=$SECONDS
  "$scenario"
  echo "ok $scenario, $((SECONDS - begun)) s"
done
echo "all came back"
