#!/bin/bash
# The unit is understood by systemd without a word of complaint, and leaves the daemon little to do harm with.
# Usage: units_test.sh FOLDER_OF_UNITS
set -euo pipefail

command -v systemd-analyze >/dev/null || { echo "no systemd-analyze: skipped"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
units=$root/etc/systemd/system
mkdir -p "$units" "$root/usr/lib/systemd/system"
cp "$1"/*.service "$units"
# What ExecStart and the dependencies name has to exist there.
for program in $(sed -n 's/^Exec[A-Za-z]*=\([^ ]*\).*/\1/p' "$units"/*.service | sort -u); do
  install -D -m 755 /bin/true "$root$program"
done
cp -r /usr/lib/systemd/system/*.target "$root/usr/lib/systemd/system/"

status=0
output=$(systemd-analyze --man=no --root="$root" verify headroomd.service 2>&1) || status=$?
[[ $status == 0 && -z $output ]] || { echo "FAILED: verify: $output"; exit 1; }

# Tenths. What remains: the network, which is what it is for.
systemd-analyze security --no-pager --offline=true --threshold=11 "$units/headroomd.service" >"$root/report" ||
  { cat "$root/report"; echo "FAILED: headroomd.service is exposed"; exit 1; }

has() { grep -qxF -- "$2" "$units/$1" || { echo "FAILED: $1 has no $2"; exit 1; }; }
has headroomd.service "Type=notify"
# It comes back by itself, however long the cause lasts, but for what a restart can not mend. That status is looked at for
# the main process only: nothing that can fail for good may stand before it.
has headroomd.service "Restart=on-failure"
has headroomd.service "RestartSec=10"
has headroomd.service "StartLimitIntervalSec=0"
has headroomd.service "RestartPreventExitStatus=64 78"
! grep -nE '^(ExecStartPre|ExecCondition|Requires|BindsTo|Requisite)=' "$units"/*.service ||
  { echo "FAILED: a failure of these is no failure of the service, and no restart follows"; exit 1; }
[[ $(grep -m1 '^ExecReload=' "$units/headroomd.service") == *"/env -u CREDENTIALS_DIRECTORY "*"/headroomd check-config" ]] ||
  { echo "FAILED: a reload does not begin with check-config"; exit 1; }
[[ $(ls "$units") == headroomd.service ]] || { echo "FAILED: more than one unit"; exit 1; }
echo "ok"
