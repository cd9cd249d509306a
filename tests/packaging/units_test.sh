#!/bin/bash
# The units are understood by systemd without a word of complaint, and leave the daemon little to do harm with.
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
output=$(systemd-analyze --man=no --root="$root" verify headroomd.service headroomd-migrate.service 2>&1) || status=$?
[[ $status == 0 && -z $output ]] || { echo "FAILED: verify: $output"; exit 1; }

for unit in headroomd.service headroomd-migrate.service; do
  # Tenths. What remains: the network, which is what it is for.
  systemd-analyze security --no-pager --offline=true --threshold=11 "$units/$unit" >"$root/report" ||
    { cat "$root/report"; echo "FAILED: $unit is exposed"; exit 1; }
done

has() { grep -qx -- "$2" "$units/$1" || { echo "FAILED: $1 has no $2"; exit 1; }; }
has headroomd.service "Type=notify"
has headroomd.service "RestartPreventExitStatus=64 78"
has headroomd.service "Requires=headroomd-migrate.service"
has headroomd-migrate.service "Type=oneshot"
has headroomd-migrate.service "StartLimitIntervalSec=0"
has headroomd-migrate.service "SuccessExitStatus=75"
echo "ok"
