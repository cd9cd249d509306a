#!/bin/bash
# The scripts parse, can be run, and stop nothing that they did not start. Usage: scripts_test.sh SOURCE_TREE
set -euo pipefail

cd "$1"
for script in scripts/* .ci/run tests/packaging/*.sh tests/app/*.sh tests/fuzz/*.sh; do
  bash -n "$script" || { echo "FAILED: $script"; exit 1; }
  [[ $script == *.bash || -x $script ]] || { echo "FAILED: $script can not be run"; exit 1; }
done
! grep -nE '\b(pkill|killall)\b' scripts/* .ci/run || { echo "FAILED: processes are ended by name"; exit 1; }
for target in build test demo run bench fuzz format lint install; do
  grep -q "^$target:" Makefile || { echo "FAILED: make has no $target"; exit 1; }
done

# processes.bash: an address is found, and everything is gone afterwards.
result=$(bash -c '
  set -euo pipefail
  . scripts/processes.bash
  start log bash -c "echo listening name=x address=127.0.0.1:5 >&2; exec sleep 60"
  echo "$(address_of log x) ${pids[0]} $folder"
')
read -r address pid folder <<<"$result"
[[ $address == 127.0.0.1:5 ]] || { echo "FAILED: address: $result"; exit 1; }
! kill -0 "$pid" 2>/dev/null || { echo "FAILED: a program is left"; exit 1; }
[[ ! -e $folder ]] || { echo "FAILED: $folder is left"; exit 1; }
if bash -c 'set -euo pipefail; . scripts/processes.bash; start log true; x=$(address_of log x)' 2>/dev/null; then
  echo "FAILED: a program that ended is not noticed"
  exit 1
fi
echo "ok"
