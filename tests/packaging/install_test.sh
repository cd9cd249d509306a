#!/bin/bash
# `make install` puts everything under DESTDIR, where its own files say it is, for any PREFIX and from the same build;
# `make uninstall` takes all of it away again. Usage: install_test.sh SOURCE_TREE BUILD
set -euo pipefail

destination=$(mktemp -d)
scratch=$(mktemp -d)
trap 'rm -rf "$destination" "$scratch"' EXIT
source_tree=$1
build=$2
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
for program in daemon/headroomd ctl/headroomctl; do
  [[ -x $build/src/$program ]] || { echo "${program#*/} is not built: skipped"; exit 77; }
done
[[ -e $build/src/manual/headroomd.8 ]] || { echo "the man pages are not made: skipped"; exit 77; }
# As root with a umask of one's own: what is installed is for everybody.
umask 077

find_one() {
  local found
  found=$(find "$destination" -path "*$1")
  [[ -n $found && $(wc -l <<<"$found") == 1 ]] || fail "$1: ${found:-missing}"
  echo "$found"
}

for prefix in /usr/local /usr; do
  install -D /dev/null "$destination$prefix/lib/systemd/system/headroomd-migrate.service"  # of an earlier version
  make -s -C "$source_tree" --assume-old=build install BUILD="$build" DESTDIR="$destination" PREFIX="$prefix" >/dev/null
  unit=$(find_one /lib/systemd/system/headroomd.service)
  several=$(find_one /lib/systemd/system/headroomd@.service)
  find_one /lib/sysusers.d/headroom.conf >/dev/null
  find_one /examples/headroomd.conf >/dev/null
  for example in nginx.conf nginx-nodes.conf haproxy-nodes.cfg alerts.yml headroom.json; do find_one "/examples/$example" >/dev/null; done
  find_one /share/doc/headroom/operations.md >/dev/null
  for page in man1/headroomctl.1 man5/headroom.conf.5 man8/headroomd.8; do find_one "/share/man/$page" >/dev/null; done
  for program in headroomctl headroomd; do
    find_one "/bash-completion/completions/$program" >/dev/null
    find_one "/vendor_completions.d/$program.fish" >/dev/null
    zsh=$(find_one "/_$program")
    [[ $prefix != /usr || $zsh == */vendor-completions/* ]] || fail "$zsh: zsh does not look there"
  done
  [[ ! -e ${unit%/*}/headroomd-migrate.service ]] || fail "the unit of an earlier version is left"
  while read -r program; do
    [[ -x $destination$program ]] || fail "the unit starts $program, which is not installed"
  done < <(sed -n 's/^Exec[A-Za-z]*=\([^ ]*headroomd\) .*/\1/p' "$unit")
  # The unit of several apps: the same, with a configuration, a folder and secrets of its own, and nothing of the first's.
  for own in "serve --config /etc/headroom/%i.conf --database.auto_migrate true" "check-config --config /etc/headroom/%i.conf" \
    "StateDirectory=headroom-%i" ":headroom-%i.chat-secret-key" ":headroom-%i.webhook-token" ":headroom-%i.admin-token" ":headroom-%i.database-password"; do
    grep -qF -- "$own" "$several" || fail "headroomd@.service has no $own"
  done
  [[ $(grep -c . "$several") == $(grep -c . "$unit") ]] || fail "the two units differ by more than their names"
  [[ ! -e $destination$prefix/bin/headroom-chatsim ]] || fail "the simulator is no part of an installation"
  if command -v systemd-analyze >/dev/null; then
    words=$(systemd-analyze --man=no --root="$destination" verify headroomd@second.service 2>&1 | grep "headroomd@" | grep -v "not found\|is not executable" || true)
    [[ -z $words ]] || fail "headroomd@.service: $words"
  fi
  readme=$(find_one /share/doc/headroom/README.md)
  sed -n 's/\](/\n&/gp' "$readme" | sed -n 's/^\](\([^):#]*\)[)#].*/\1/p' | sort -u >"$scratch/links"
  (($(wc -l <"$scratch/links") > 5)) || fail "the README links to nothing"
  while read -r link; do [[ -e ${readme%/*}/$link ]] || fail "the README links to $link, which is not installed"; done <"$scratch/links"
  document=$(sed -n 's|^Documentation=file://||p' "$unit")
  [[ -f $destination$document ]] || fail "the unit names $document, which is not installed"
  for program in headroomd headroomctl; do
    "$destination$prefix/bin/$program" --version
    nm "$destination$prefix/bin/$program" 2>&1 | grep -q 'no symbols' || fail "$program is not stripped"
  done
  [[ ! -e $destination/etc ]] || fail "/etc is the operator's"
  [[ -z $(find "$destination$prefix" ! -perm -o=r) ]] || fail "not for everybody: $(find "$destination$prefix" ! -perm -o=r)"

  make -s -C "$source_tree" uninstall DESTDIR="$destination" PREFIX="$prefix" >/dev/null
  [[ -z $(find "$destination" -type f) ]] || fail "left behind: $(find "$destination" -type f)"
done

# Building for an installation builds no more than it needs, and `-j` is handed on.
plan=$(make -n -C "$source_tree" build BUILD="$build" -j3)
grep -qE -- '--target headroomd headroomctl manual$' <<<"$plan" || fail "make build builds more than is installed: $plan"
grep -qE -- '--parallel 3\b' <<<"$plan" || fail "make -j3 build does not hand on its jobs: $plan"
echo "ok"
