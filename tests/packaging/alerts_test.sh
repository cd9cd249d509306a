#!/bin/bash
# The alerts and the dashboard: promtool takes the rules and the daemon's own metrics, each alert fires and is silent when
# it should, and each names metrics that there are, something to do, and a section of docs/operations.md that exists.
# Usage: alerts_test.sh SOURCE_TREE BUILD
set -euo pipefail

for tool in promtool jq curl; do
  command -v "$tool" >/dev/null || { echo "no $tool: skipped"; exit 77; }
done
cd "$1"
build=$2
[[ -x $build/src/daemon/headroomd ]] || { echo "headroomd is not built: skipped"; exit 77; }
rules=config/prometheus/alerts.yml
dashboard=config/grafana/headroom.json
. scripts/processes.bash

promtool check rules "$rules" >"$folder/out" || die "check rules: $(cat "$folder/out")"
cp "$rules" tests/alerts/*_test.yml "$folder"
(cd "$folder" && promtool test rules ./*_test.yml) >"$folder/out" 2>&1 || die "test rules: $(cat "$folder/out")"

# Of a daemon as it is, which asks nobody.
random_secret >"$folder/webhook-token"
printf '[chat]\nsdk_app_id = 1400000000\n' >"$folder/headroomd.conf"
start headroomd.log env -u JOURNAL_STREAM -u NOTIFY_SOCKET "$build/src/daemon/headroomd" serve --config "$folder/headroomd.conf" \
  --scheduler.mode observe --webhook.token_file "$folder/webhook-token" --database.url "sqlite:$folder/headroom.db" \
  --database.auto_migrate true --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0
admin=$(address_of headroomd.log admin)
curl -fsS --noproxy '*' --max-time 10 "http://$admin/metrics" >"$folder/metrics" || die "no metrics"
promtool check metrics <"$folder/metrics" >"$folder/out" 2>&1 || die "check metrics: $(cat "$folder/out")"
[[ ! -s $folder/out ]] || die "check metrics: $(cat "$folder/out")"

sed -n 's/^\([a-z_:]*\)[{ ].*/\1/p' "$folder/metrics" | sort -u >"$folder/known"
jq -r '.. | .expr? // empty | strings' "$dashboard" >"$folder/expressions" || die "$dashboard is no JSON"
sed -n '/^ *expr:/,/^ *\(for\|labels\):/p' "$rules" >>"$folder/expressions"
while read -r metric; do
  grep -qxF "$metric" "$folder/known" || die "there is no metric $metric"
done < <(grep -oE '\b(headroom|process)_[a-z_]+' "$folder/expressions" | sort -u)

# Every value of a label that is asked for by name is there, too; a reason that was renamed would never fire.
while read -r label value; do
  grep -qF "$label=\"$value\"" "$folder/metrics" || die "no series has $label=\"$value\""
done < <(grep -oE '\b(reason|result|state|cause|mode|file)(=|=~|!=|!~)"[^"]+"' "$folder/expressions" |
  sed -E 's/(=~|!=|!~|=)"/ /; s/"$//' | while read -r label values; do tr '|' '\n' <<<"$values" | sed "s/^/$label /"; done | sort -u)

for alert in $(sed -n 's/^ *- alert: //p' "$rules"); do
  grep -q "alertname=\"$alert\"" tests/alerts/*_test.yml || die "$alert is not tested"
  body=$(sed -n "/- alert: $alert\$/,/runbook:/p" "$rules")
  for part in summary description; do grep -q "^ *$part: ." <<<"$body" || die "$alert has no $part"; done
  section=$(sed -n 's|^ *runbook: docs/operations.md#||p' <<<"$body")
  # As Markdown makes anchors: lower case, no punctuation, blanks become hyphens.
  sed -n 's/^##* //p' docs/operations.md | tr '[:upper:]' '[:lower:]' | tr -d ',.`' | tr ' ' '-' | grep -qxF -- "$section" ||
    die "$alert: docs/operations.md has no section #$section"
done
echo "ok"
