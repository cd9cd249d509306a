#!/bin/bash
# `make install` puts everything under DESTDIR, where its own files say it is. Usage: install_test.sh BUILD
set -euo pipefail

destination=$(mktemp -d)
trap 'rm -rf "$destination"' EXIT
[[ -x $1/src/app/headroomd ]] || { echo "headroomd is not built: skipped"; exit 77; }
DESTDIR=$destination cmake --install "$1" >/dev/null

find_one() {
  local found
  found=$(find "$destination" -path "*$1")
  [[ -n $found && $(wc -l <<<"$found") == 1 ]] || { echo "FAILED: $1: ${found:-missing}" >&2; exit 1; }
  echo "$found"
}
unit=$(find_one /lib/systemd/system/headroomd.service)
find_one /lib/systemd/system/headroomd-migrate.service >/dev/null
find_one /lib/sysusers.d/headroom.conf >/dev/null
find_one /examples/headroomd.conf >/dev/null
find_one /examples/nginx.conf >/dev/null
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
[[ -x $destination$program ]] || { echo "FAILED: the unit starts $program, which is not installed"; exit 1; }
"$destination$program" --version
! grep -l '@' "$unit" | xargs -r grep -nE '@[A-Z_]+@' || { echo "FAILED: a placeholder is left"; exit 1; }
[[ ! -e $destination/etc ]] || { echo "FAILED: /etc is the operator's"; exit 1; }
