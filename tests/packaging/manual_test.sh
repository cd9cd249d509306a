#!/bin/bash
# The man pages that the build makes: no reader of them complains, and what their tables and programs know stands in them.
# docs/configuration.md is what the table says now. Usage: manual_test.sh SOURCE_TREE BUILD
set -euo pipefail

source_tree=$1
build=$2
pages=$build/src/manual
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
made=$pages/configuration.md
cmp "$made" "$source_tree/docs/configuration.md" >&2 || fail "docs/configuration.md is not the table's: cp $made docs/"
while read -r key; do grep -qF "| \`$key\` |" "$made" || fail "docs/configuration.md has no $key"; done < <(
  "$build/src/daemon/headroomd" help serve | sed -n 's/^  \([a-z]*\.[a-z_]*\) (.*/\1/p')

command -v mandoc >/dev/null || { echo "mandoc is not installed: skipped"; exit 77; }
[[ -e $pages/headroomd.8 ]] || { echo "the man pages are not made: skipped"; exit 77; }

for page in headroomctl.1 headroomd.8 headroom.conf.5 headroom-chatsim.1; do
  findings=$(mandoc -T lint "$pages/$page" 2>&1 || true)
  [[ -z $findings ]] || fail "$findings"
done

text() { mandoc -T ascii "$pages/$1" | col -bx; }
has() { grep -qF -- "$2" <<<"$1" || fail "$3 does not name $2"; }

page=$(text headroom.conf.5)
while read -r key; do has "$page" "${key#*.}" headroom.conf.5; done < <(
  "$build/src/daemon/headroomd" help serve | sed -n 's/^  \([a-z]*\.[a-z_]*\) (.*/\1/p')
has "$page" "Allowed: 1..2000. Default: 100." headroom.conf.5

page=$(text headroomctl.1)
while read -r command _; do has "$page" "$command" headroomctl.1; done < <(
  "$build/src/ctl/headroomctl" help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\)  .*/\1/p')

page=$(text headroomd.8)
while read -r _ command _; do has "$page" "$command" headroomd.8; done < <("$build/src/daemon/headroomd" help | grep '^  headroomd [a-z]')

page=$(text headroom-chatsim.1)
while read -r option _; do has "$page" "$option" headroom-chatsim.1; done < <(
  "$build/simulator/headroom-chatsim" --help | grep -o -- '--[a-z-]*')
echo "ok"
