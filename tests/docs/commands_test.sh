#!/bin/bash
# Every command of headroomctl that README.md, docs/ or an alert names, run against headroomd beside the simulator: there
# is such a command, and it takes such arguments. What becomes of it (there may be no such run) is of no interest. Of
# headroomd: the command and its options stand in its help. Usage: commands_test.sh SOURCE_TREE BUILD
set -euo pipefail
source_tree=$(realpath "$1")
build=$(realpath "$2")
command -v jq >/dev/null || { echo "there is no jq"; exit 77; }
cd "$source_tree"
. tests/docs/planned_demo.bash
pages=(README.md docs/*.md config/prometheus/alerts.yml)
start_planned_demo "$build"
group=$(get_from_admin "runs/$run" | jq -r .group_id)
account=$(get_from_admin "runs/$run/members" | jq -r '.items[0].account')

# One command a line: those of blocks (indented, or fenced), and those that stand in a line of text.
commands_of() {
  local program=$1
  {
    awk '/^```/ { inside = !inside; next } inside || /^    / { sub(/^ +/, ""); print }' "${pages[@]}"
    grep -ohE '`[^`]+`' "${pages[@]}" | tr -d '`'
  } | sed -nE "s/^(sudo (-u headroom )?)?($program [a-z].*)$/\\3/p" |
    sed -E 's/ +#.*$//; s/ \|.*$//; s/ && .*$//; s/ \\$//' | sort -u
}

export HEADROOMCTL_URL=http://$admin HEADROOMCTL_TOKEN_FILE=$folder/admin-token
: >"$folder/rules.csv"
ctl=$build/src/ctl/headroomctl
failed=0
count=0
while read -r line; do
  command=${line//KEY=VALUE …/inactive_for=60d}
  command=${command//KEY=VALUE…/inactive_for=60d}
  command=${command//…/x}
  # Names in the text stand for something that is there.
  command=$(sed -E "s/'@TGS[^']*'|\\b(GROUP|ID)\\b/'${group//&/\\&}'/g; s/\\b(some-account|ACCOUNT|fans\.[a-z0-9.-]+)\\b/'$account'/g
                    s/\\bFILE\\b|[a-z]+\.csv\\b/'${folder//\//\\/}\\/rules.csv'/g; s/\\bRUN\\b/$run/g; s/ (approve|reject|restore|run) [0-9]+/ \\1 $run/g
                    s/\\bKIND\\b/member/g; s/\[[^]]*\]//g" <<<"$command")
  status=0
  # In one shell, as it is typed; no terminal, nobody to answer, and never longer than a moment.
  timeout 20 bash -c "headroomctl() { timeout 10 '$ctl' --yes \"\$@\"; }; $command" >"$folder/out" 2>&1 </dev/null || status=$?
  count=$((count + 1))
  if ((status <= 1)) || [[ $status == 124 && $command == *watch* ]]; then continue; fi
  echo "$line: status $status, as: $command" >&2
  head -n 3 "$folder/out" >&2
  failed=$((failed + 1))
done < <(commands_of headroomctl)
((count > 20)) || die "only $count commands of headroomctl were found"

daemon=$build/src/daemon/headroomd
known=$("$daemon" help | sed -nE 's/^ *(headroomd )?([a-z][a-z-]+)( .*)?$/\2/p' | sort -u)
while read -r line; do
  read -ra words <<<"$line"
  name=${words[1]}
  [[ $name =~ ^[a-z][a-z-]+$ ]] || continue
  grep -qxF -- "$name" <<<"$known" || { echo "$line: headroomd knows no command $name" >&2; failed=$((failed + 1)); continue; }
  help=$("$daemon" help "$name" 2>&1; "$daemon" serve --help 2>&1)
  for word in "${words[@]}"; do
    [[ $word == --* ]] || continue
    if [[ $word == --*.* ]] && grep -qF -- "\`${word#--}\`" docs/configuration.md; then continue; fi
    grep -qF -- "${word%%=*}" <<<"$help" || { echo "$line: headroomd $name knows no ${word%%=*}" >&2; failed=$((failed + 1)); }
  done
done < <(commands_of headroomd)
((failed == 0)) || die "$failed commands that the documents name do not work"
echo "$count commands of headroomctl"
