#!/bin/bash
# The scripts parse, can be run, and stop nothing that they did not start. Usage: scripts_test.sh SOURCE_TREE
set -euo pipefail

cd "$1"
for script in scripts/* .ci/run tests/packaging/*.sh tests/daemon/*.sh tests/fuzz/*.sh tests/web/*.sh; do
  bash -n "$script" || { echo "FAILED: $script"; exit 1; }
  [[ $script == *.bash || -x $script ]] || { echo "FAILED: $script can not be run"; exit 1; }
done
! grep -nE '\b(pkill|killall)\b' scripts/* .ci/run || { echo "FAILED: processes are ended by name"; exit 1; }
for target in build test demo run bench soak fuzz format lint install uninstall deb release; do
  grep -q "^$target:" Makefile || { echo "FAILED: make has no $target"; exit 1; }
done

# Nothing that listens is installed to build it or to try it out.
for purpose in build demo test bench lint systemd deb; do
  list=$(scripts/install-deps "$purpose" --list)
  ! grep -E -- '-server$' <<<"$list" || { echo "FAILED: install-deps $purpose"; exit 1; }
  # These four are masked while they are installed, for the tests alone.
  [[ $purpose == test ]] || ! grep -E '^(nginx|haproxy|prometheus$|postgresql)' <<<"$list" || { echo "FAILED: install-deps $purpose wants a service"; exit 1; }
done
! scripts/install-deps build --list | grep -E 'gtest|benchmark|clang' || { echo "FAILED: to build is not to test"; exit 1; }
! scripts/install-deps everything 2>/dev/null || { echo "FAILED: install-deps takes any word"; exit 1; }

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
