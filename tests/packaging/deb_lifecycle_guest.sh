#!/bin/bash
# Inside the container of deb_lifecycle.sh. Usage: deb_lifecycle_guest.sh
set -euo pipefail

app=1400000000
chat=127.0.0.1:9000
admin=127.0.0.1:8081
state=/var/lib/headroom
store=/etc/credstore
config=/etc/headroom/headroomd.conf
step=
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

fail() {
  echo "FAILED: $step: $*"
  journalctl -u headroomd -u 'headroomd@*' --no-pager -o short-monotonic | tail -n 60 >&2
  systemctl status headroomd --no-pager >&2 || true
  exit 1
}
within() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || fail "$what"
    sleep 0.2
  done
}
property() { systemctl show -P "$1" "${2:-headroomd}"; }
ready() { curl -fsS --max-time 2 "http://${1:-$admin}/readyz"; }
schema() { sqlite3 -readonly "$1/headroom.db" 'SELECT max(version) FROM schema_migration'; }
events() { sqlite3 -readonly "$1/headroom.db" 'SELECT count(*) FROM event'; }
check_status() { headroomd doctor --json --only "$1" | jq -r '.checks[0].status'; }
send() {
  local now token
  now=$(date +%s)
  token=$(cat "$store/headroom.webhook-token")
  curl -sS --max-time 3 -o /dev/null -w '%{http_code}' \
    -d "{\"CallbackCommand\":\"Group.CallbackAfterGroupFull\",\"GroupId\":\"$1\",\"EventTime\":$((now * 1000))}" \
    "http://127.0.0.1:8080/chat/webhook?SdkAppid=$app&CallbackCommand=Group.CallbackAfterGroupFull&contenttype=json&Sign=$(
      printf %s "$token$now" | sha256sum | cut -d ' ' -f 1)&RequestTime=$now"
}

installed() {
  dpkg -i /debs/current/*.deb || fail "dpkg -i"
  id headroom >/dev/null || fail "no user headroom"
  [[ $(systemctl is-enabled headroomd) == disabled ]] || fail "enabled: $(systemctl is-enabled headroomd)"
  [[ $(property ActiveState) == inactive ]] || fail "started before it was configured"
  [[ ! -e $state ]] || fail "$state is there before the first start"
  dpkg-query -W -f '${Conffiles}\n' headroom | grep -q " $config " || fail "$config is no conffile"
  for page in headroomd headroomctl headroom-chatsim headroom.conf; do
    man -w "$page" >/dev/null || fail "no man page $page"
  done
  systemd-analyze --man=no verify headroomd.service headroomd@second.service || fail "verify"
  ! systemctl start headroomd 2>/dev/null || fail "it runs without a configuration"
  [[ $(property ExecMainStatus) == 78 ]] || fail "status $(property ExecMainStatus)"
  [[ $(check_status config) == failed ]] || fail "doctor: config $(check_status config)"
  systemctl reset-failed headroomd
}

configured() {
  install -d -m 700 "$store"
  (umask 077 && for name in chat-secret-key webhook-token admin-token; do
    head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' | tee "$store/headroom.$name" >"$store/headroom-second.$name"
  done)
  cp "$store/headroom.chat-secret-key" "$store/headroom-second.chat-secret-key"
  sed -i "s|^#sdk_app_id =.*|sdk_app_id = $app|; s|^#base_url =.*|base_url = http://$chat|" "$config"
  headroomd check-config || fail "check-config"
  systemd-run -q --unit chat headroom-chatsim --listen "$chat" --sdk-app-id "$app" --secret-key-file "$store/headroom.chat-secret-key"
  systemctl enable -q --now headroomd || fail "start"
  within 10 "ready" ready
  [[ $(send "@TGS#one") == 200 ]] || fail "webhook: $(send "@TGS#one")"
  [[ $(stat -c '%U %a' "$state/headroom.db") == "headroom 600" ]] || fail "$(stat -c '%U %a' "$state/headroom.db")"
  headroomd doctor --callback-url http://127.0.0.1:8080/chat/webhook || fail "doctor: $?"
  [[ $(check_status unit) == ok ]] || fail "doctor: unit $(headroomd doctor --only unit)"
  headroomctl status || fail "headroomctl status"
}

second_app() {
  sed "s|^#\(listen = 127.0.0.1:8080\).*|listen = 127.0.0.1:8090|; s|^#\(listen = 127.0.0.1:8081\).*|listen = 127.0.0.1:8091|;
    s|^#url = .*|url = sqlite:/var/lib/headroom-second/headroom.db|" "$config" >/etc/headroom/second.conf
  systemctl enable -q --now headroomd@second || { journalctl -u headroomd@second --no-pager | tail >&2; fail "start of the second"; }
  within 10 "the second is ready" ready 127.0.0.1:8091
  [[ -e /var/lib/headroom-second/headroom.db ]] || fail "no database of its own"
  # With these postinst checks a configuration before it starts the service again.
  [[ -r /run/credentials/headroomd@second.service/webhook-token ]] || fail "root does not see the service's secrets"
  headroomd doctor --config /etc/headroom/second.conf --only unit || fail "doctor: the second's unit"
}

# The profile was parsed when the packages were made; what it forbids is up to the kernel.
confined() {
  local label
  if [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) != Y ]]; then
    echo "not seen: AppArmor, which this kernel does not have" >&5
    return
  fi
  label=$(cat "/proc/$(property MainPID)/attr/apparmor/current")
  [[ $label == "headroomd (enforce)" ]] || fail "the service runs as $label"
  ! journalctl -k --no-pager | grep -E 'apparmor="DENIED".*profile="headroomd"' >&2 || fail "AppArmor denies what it needs"
}

demo() {
  (cd /source && debian/tests/demo) || fail "the demo of autopkgtest"
}

upgraded() {
  local before pid stored
  before=$(schema "$state")
  pid=$(property MainPID)
  stored=$(events "$state")
  dpkg -i /debs/next/*.deb || fail "dpkg -i of the next version"
  within 30 "ready after the upgrade" ready
  within 30 "the second is ready after the upgrade" ready 127.0.0.1:8091
  [[ $(property MainPID) != "$pid" ]] || fail "it was not started again"
  (($(schema "$state") == before + 1)) || fail "schema $(schema "$state") after $before"
  [[ -s $state/headroom.db.before-$before.bak ]] || fail "no backup: $(ls "$state")"
  (($(events "$state") >= stored)) || fail "of $stored events $(events "$state") are left"
  grep -q "^sdk_app_id = $app" "$config" || fail "the configuration was replaced"
  [[ $(systemctl is-enabled headroomd) == enabled ]] || fail "no longer enabled"
}

not_started_again_over_a_bad_file() {
  local pid words
  pid=$(property MainPID)
  cp "$config" /root/good.conf
  sed -i 's|^#mode = plan|mode = prune_everybody|' "$config"
  words=$(dpkg -i /debs/next/headroom_*.deb 2>&1) || fail "dpkg -i"
  grep -q "NOT started again" <<<"$words" || fail "nothing said: $words"
  [[ $(property MainPID) == "$pid" ]] && ready >/dev/null || fail "it was taken down"
  cp /root/good.conf "$config"
}

downgrade_refused() {
  local words version pid
  pid=$(property MainPID)
  version=$(dpkg-query -W -f '${Version}' headroom)
  ! words=$(dpkg -i /debs/current/headroom_*.deb 2>&1) || fail "a downgrade that can not run was let through"
  grep -q "has schema" <<<"$words" && grep -q "restore" <<<"$words" || fail "no words: $words"
  [[ $(dpkg-query -W -f '${Version} ${db:Status-Status}' headroom) == "$version installed" ]] ||
    fail "$(dpkg-query -W -f '${Version} ${db:Status-Status}' headroom)"
  [[ $(property MainPID) == "$pid" ]] && ready >/dev/null || fail "it no longer runs"
}

went_back() {
  local known
  known=$(($(schema "$state") - 1))
  systemctl stop headroomd headroomd@second
  runuser -u headroom -- headroomd restore "$state/headroom.db.before-$known.bak" || fail "restore"
  runuser -u headroom -- headroomd restore --config /etc/headroom/second.conf "/var/lib/headroom-second/headroom.db.before-$known.bak" ||
    fail "restore of the second"
  dpkg -i /debs/current/*.deb || fail "the older version after a restore"
  [[ $(property ActiveState) == inactive ]] || fail "what was stopped was started"
  systemctl start headroomd headroomd@second || fail "start"
  within 10 "ready" ready
  (($(schema "$state") == known)) || fail "schema"
  (($(events "$state") > 0)) || fail "no events in the backup"
}

removed() {
  # What waits for its next start is enabled, and comes back with the package.
  dpkg -r headroom && dpkg -i /debs/current/headroom_*.deb || fail "removed and installed again"
  [[ $(property ActiveState) == inactive && $(systemctl is-enabled headroomd) == enabled ]] || fail "started, or not enabled any more"
  systemctl start headroomd headroomd@second || fail "start with the database that was left"
  within 10 "ready" ready
  dpkg -r headroom || fail "dpkg -r"
  [[ $(property ActiveState) != active && $(property ActiveState headroomd@second) != active ]] || fail "it still runs"
  [[ ! -e /usr/bin/headroomd ]] || fail "the program is left"
  ! systemctl cat headroomd >/dev/null 2>&1 || fail "systemd still knows the unit"
  [[ -e $state/headroom.db && -e $config ]] || fail "the database or the configuration went with it"
}

purged() {
  dpkg -P headroom headroom-simulator || fail "dpkg -P"
  [[ ! -e $state && ! -e /var/lib/headroom-second ]] || fail "databases are left"
  [[ ! -e $config && ! -e /etc/apparmor.d/headroomd ]] || fail "conffiles are left"
  [[ -z $(find /etc/systemd -name 'headroomd*') ]] || fail "left: $(find /etc/systemd -name 'headroomd*')"
  [[ -e $store/headroom.chat-secret-key ]] || fail "the operator's secrets were removed"
}

# Every command of docs/first-ten-minutes.md, as it stands there; who is asked says yes.
walked() {
  local failed=0 words
  rm -rf "$store"
  mkdir -p /root/walk
  cp /debs/current/headroom_*.deb /debs/current/headroom-simulator_*.deb /root/walk
  systemctl stop chat
  {
    echo 'set -euo pipefail; cd /root/walk'
    # Whoever reads is slower than the sweep. What asks gets a terminal.
    awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' /source/docs/first-ten-minutes.md | sed '
      s!^headroomctl groups !until headroomctl sweeps | grep finished >/dev/null; do sleep 0.2; done; &!
      s!^headroomctl \(approve\|restore\) .*!echo y | script -qec "&" /dev/null!'
  } >/root/walk/commands
  grep -q 'approve 1 --wait' /root/walk/commands || fail "the page has no commands"
  bash -x /root/walk/commands >/root/walk/screen 2>&1 || failed=$?
  cat /root/walk/screen >&2
  ((failed == 0)) || fail "status $failed"
  for words in " 0 failed" "All is well." "run 1: succeeded, 5 of 6 removed" " restored"; do
    grep -qF -- "$words" /root/walk/screen || fail "nobody said: $words"
  done
}

exec 5>&1
for step in installed configured second_app confined demo upgraded not_started_again_over_a_bad_file downgrade_refused went_back removed purged walked; do
  begun=$SECONDS
  "$step" >&2
  echo "ok $step, $((SECONDS - begun)) s"
done
echo "all as it should be"
