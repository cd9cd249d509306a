#!/bin/bash
# The Debian packages' life under a real systemd: a Debian 12 of its own is booted in a container, and
# deb_lifecycle_guest.sh installs, configures, upgrades (to a version with one migration more, which is made here),
# is refused a downgrade, goes back by a backup, removes and purges. Needs root and Debian's mirror; nothing is left behind.
# Usage: deb_lifecycle.sh [FOLDER_OF_PACKAGES]
#   FOLDER_OF_PACKAGES   what `make deb` has built; without it they are built
#   DEBIAN=DIR           a tree that debootstrap has made, to be copied instead of made anew
#   MIRROR=URL           instead of http://deb.debian.org/debian
#   NEXT=DIR             packages of the next version, instead of building them
set -euo pipefail

((EUID == 0)) || { echo "deb_lifecycle: a container needs root: skipped"; exit 77; }
for tool in debootstrap systemd-nspawn dpkg-buildpackage; do
  command -v "$tool" >/dev/null || { echo "deb_lifecycle: no $tool (scripts/install-deps systemd, deb)" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
tree=$(cd "$here/../.." && pwd)
folder=$(mktemp -d "${TMPDIR:-/var/tmp}/headroom-deb-XXXXXX")
root=$folder/root
container=
clean_up() {
  [[ -z $container ]] || { kill "$container" 2>/dev/null && wait "$container" || true; }
  rm -rf --one-file-system "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

in_guest() { systemd-nspawn -q --register=no --keep-unit -M "$(basename "$folder")" -D "$root" "$@" </dev/null; }

packages=${1:-}
if [[ -z $packages ]]; then
  packages=$tree/build/deb
  "$tree/scripts/deb"
fi
packages=$(cd "$packages" && pwd)

# The version after this one: the same, and one migration more.
next=${NEXT:-}
if [[ -z $next ]]; then
  next=$folder/next
  mkdir "$folder/tree"
  git -C "$tree" ls-files -co --exclude-standard -z | tar -C "$tree" --null --no-recursion --ignore-failed-read -T - -cf - |
    tar -xf - -C "$folder/tree"
  number=$(printf '%04d' $(($(find "$tree/migrations/sqlite" -name '*.sql' | wc -l) + 1)))
  echo "CREATE TABLE of_the_next_version (id INTEGER PRIMARY KEY) STRICT;" >"$folder/tree/migrations/sqlite/${number}_next.sql"
  (cd "$folder/tree/migrations/sqlite" && sha256sum "${number}_next.sql" >>checksums.txt)
  sed -i "1s/(.*)/(99.0.0)/" "$folder/tree/debian/changelog"
  sed -i "s/^project(headroom VERSION [0-9.]*/project(headroom VERSION 99.0.0/" "$folder/tree/CMakeLists.txt"
  "$tree/scripts/deb" "$folder/tree" "$next"
fi

if [[ -n ${DEBIAN:-} ]]; then
  cp -a "$DEBIAN" "$root"
else
  debootstrap --variant=minbase bookworm "$root" "${MIRROR:-http://deb.debian.org/debian}" >"$folder/debootstrap.log" ||
    { tail "$folder/debootstrap.log" >&2; exit 1; }
fi
mkdir -p "$root/debs/current" "$root/debs/next" "$root/source"
cp "$packages"/headroom_*.deb "$packages"/headroom-simulator_*.deb "$root/debs/current"
cp "$next"/headroom_*.deb "$next"/headroom-simulator_*.deb "$root/debs/next"
cp -r "$tree/scripts" "$tree/debian" "$tree/docs" "$root/source"
# Booted, it has no network: what the packages need is there before.
needed=$(for package in "$root"/debs/*/*.deb; do dpkg-deb -f "$package" Depends; done | tr ',' '\n' | sed 's/^ *//' |
  grep -v '^headroom' | sort -u | paste -sd ,)
in_guest apt-get update -qq >"$folder/apt.log" 2>&1 || { tail "$folder/apt.log" >&2; exit 1; }
in_guest env DEBIAN_FRONTEND=noninteractive apt-get satisfy -y -qq --no-install-recommends \
  "systemd-sysv, dbus, procps, curl, sqlite3, jq, bsdextrautils, man-db, $needed" >"$folder/apt.log" 2>&1 ||
  { tail "$folder/apt.log" >&2; exit 1; }
install -m 755 "$here/deb_lifecycle_guest.sh" "$root/usr/local/bin/guest"
cat >"$root/etc/systemd/system/guest.service" <<UNIT
[Unit]
Requires=dbus.service
After=dbus.service systemd-journald.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/usr/local/bin/guest
StandardOutput=file:/report
StandardError=file:/report.err
ExecStopPost=/bin/systemctl --no-block poweroff
UNIT

timeout --kill-after=30 900 systemd-nspawn -q --register=no --keep-unit -M "$(basename "$folder")" --private-network -D "$root" \
  -b systemd.unit=guest.service </dev/null >"$folder/console" 2>&1 &
container=$!
tail -n +1 -F --pid="$container" "$root/report" 2>/dev/null || true
wait "$container" || true
container=
if [[ $(tail -n 1 "$root/report") != "all as it should be" ]]; then
  cat "$root/report.err" >&2
  tail -n 20 "$folder/console" >&2
  echo "deb_lifecycle: FAILED" >&2
  exit 1
fi
