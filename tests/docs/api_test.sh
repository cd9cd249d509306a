#!/bin/bash
# Every command of docs/api.md, in its order and in one shell, against headroomd beside the simulator; what the page
# shows of an answer has to be in it. Usage: api_test.sh SOURCE_TREE BUILD
set -euo pipefail
source_tree=$(realpath "$1")
build=$(realpath "$2")
for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "there is no $tool"; exit 77; }
done
cd "$source_tree"
. tests/docs/planned_demo.bash
start_planned_demo "$build"

# The blocks of the page, a file each: 01.sh 02.sh 02.json …; an answer has the number of the commands that it is of.
mkdir "$folder/blocks"
awk -v folder="$folder/blocks" '
  /^```sh$/   { n++; file = sprintf("%s/%02d.sh", folder, n); next }
  /^```json$/ { file = sprintf("%s/%02d.json", folder, n); next }
  /^```/      { file = ""; next }
  file != ""  { print > file }' docs/api.md
(($(find "$folder/blocks" -name '*.sh' | wc -l) > 15)) || die "the page has few commands"

# Its address and its token are those of an installed daemon. Each block stops at the first command that fails.
{
  echo 'set -euo pipefail'
  for block in "$folder"/blocks/*.sh; do
    printf 'echo "--- %s" >&2\n{\n' "$(basename "$block")"
    sed -e "s#http://127.0.0.1:8081#http://$admin#g" -e "s#/etc/credstore/headroom.admin-token#$folder/admin-token#g" "$block"
    printf '\n} >"%s"\n' "${block%.sh}.out"
  done
} >"$folder/page.sh"
mkdir "$folder/home"
if ! HOME=$folder/home no_proxy='*' timeout 100 bash "$folder/page.sh" 2>"$folder/page.log"; then
  tail -n 5 "$folder/page.log" >&2
  last=$(sed -n 's/^--- //p' "$folder/page.log" | tail -n 1)
  cat "$folder/blocks/$last" "$folder/blocks/${last%.sh}.out" >&2
  die "a command of docs/api.md failed"
fi

# Every field that is shown is in the answer, with a value of that kind: null may stand for any. The last answer of a
# block is the one that is shown.
for shown in "$folder"/blocks/*.json; do
  answer=$(jq -cs 'map(select(type == "object")) | last' "${shown%.json}.out") || die "block $(basename "$shown" .json) of docs/api.md has more than JSON in its answers"
  missing=$(jq -rn --slurpfile shown "$shown" --argjson answer "$answer" '
    def kinds: [paths(true) as $p | {path: ($p | map(if type == "number" then 0 else . end)), kind: (getpath($p) | type)}];
    ($answer | kinds) as $real
    | ($shown[0] | kinds | unique)[] | . as $want
    | select([$real[] | select(.path == $want.path and (.kind == $want.kind or .kind == "null" or $want.kind == "null"))] == [])
    | (.path | map(tostring) | join(".")) + " (" + .kind + ")"')
  if [[ -n $missing ]]; then
    echo "$answer" >&2
    die "docs/api.md shows what is not in the answer of block $(basename "$shown" .json): $missing"
  fi
done

# And two that are a word.
grep -qx 304 "$folder"/blocks/*.out || die "If-None-Match was not honoured"
[[ $(tail -n 1 "$(printf '%s\n' "$folder"/blocks/*.out | tail -n 1)") == 405 ]] || die "OPTIONS is not 405"
echo "$(find "$folder/blocks" -name '*.sh' | wc -l) blocks of commands, $(find "$folder/blocks" -name '*.json' | wc -l) answers"
