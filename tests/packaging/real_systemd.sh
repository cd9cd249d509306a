#!/bin/bash
# The installed service under a real systemd: a Debian 12 of its own (debootstrap) is booted in a container, and what
# real_systemd_guest.sh says happens to the service there. It has to come back by itself each time. Ten minutes; needs root
# and Debian's mirror; nothing is left behind. Usage: real_systemd.sh BUILD [SCENARIO…]
#   DEBIAN=DIR   a tree that debootstrap has made, to be copied instead of made anew
#   MIRROR=URL   instead of http://deb.debian.org/debian
set -euo pipefail

((EUID == 0)) || { echo "real_systemd: a container needs root: skipped"; exit 77; }
for tool in debootstrap systemd-nspawn; do
  command -v "$tool" >/dev/null || { echo "real_systemd: no $tool (scripts/install-deps systemd)" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
shift
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/headroom-systemd-XXXXXX")
root=$folder/root
container=
clean_up() {
  [[ -z $container ]] || { kill "$container" 2>/dev/null && wait "$container" || true; }
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# in_guest COMMAND…: in the tree, not booted.
in_guest() { systemd-nspawn -q --register=no --keep-unit -M "$(basename "$folder")" -D "$root" "$@" </dev/null; }

programs=("$build/src/daemon/headroomd" "$build/simulator/headroom-chatsim")
if [[ -n ${DEBIAN:-} ]]; then
  cp -a "$DEBIAN" "$root"
else
  debootstrap --variant=minbase bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$folder/debootstrap.log" ||
    { tail "$folder/debootstrap.log" >&2; exit 1; }
fi
# The packages of the shared objects that the programs were linked with here.
mapfile -t libraries < <(ldd "${programs[@]}" | awk '$2 == "=>" { print $3 }' | xargs -rn1 realpath | sort -u |
  xargs -r dpkg-query -S 2>/dev/null | cut -d: -f1 | sort -u)
in_guest apt-get update -qq
in_guest env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends systemd systemd-sysv dbus procps \
  curl sqlite3 libfaketime "${libraries[@]}" >"$folder/apt.log" 2>&1 || { tail "$folder/apt.log" >&2; exit 1; }

DESTDIR=$root cmake --install "$build" --prefix /usr/local --strip >/dev/null
install -m 755 "${programs[1]}" "$root/usr/local/bin/headroom-chatsim"
install -m 755 "$here/real_systemd_guest.sh" "$root/usr/local/bin/guest"
cat >"$root/etc/systemd/system/guest.service" <<UNIT
[Unit]
Requires=dbus.service
After=dbus.service systemd-journald.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/usr/local/bin/guest $*
StandardOutput=file:/report
StandardError=file:/report.err
ExecStopPost=/bin/systemctl --no-block poweroff
UNIT

timeout --kill-after=30 1800 systemd-nspawn -q --register=no --keep-unit -M "$(basename "$folder")" --private-network -D "$root" -b systemd.unit=guest.service \
  </dev/null >"$folder/console" 2>&1 &
container=$!
tail -n +1 -F --pid="$container" "$root/report" 2>/dev/null || true
wait "$container" || true
container=
if [[ $(tail -n 1 "$root/report") != "all came back" ]]; then
  cat "$root/report.err" >&2
  tail -n 20 "$folder/console" >&2
  echo "real_systemd: FAILED" >&2
  exit 1
fi
