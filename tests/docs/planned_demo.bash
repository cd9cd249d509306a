# Sourced by the tests of the documents, in the source tree: headroomd beside the simulator's demo, with plans made.
. scripts/processes.bash

# start_planned_demo BUILD: as processes.bash; sets $run to a planned one.
start_planned_demo() {
  make_secrets
  : >"$folder/headroomd.conf"
  start_simulator "$1"
  start_daemon "$1" --config "$folder/headroomd.conf" --webhook.listen 127.0.0.1:0 --admin.listen 127.0.0.1:0 \
    --scheduler.mode plan --scheduler.stale_after 1s --scheduler.tick 100ms --scheduler.sweep_interval 0s \
    --policy.inactive_for 30d --policy.newcomer_grace 7d --policy.second_look 0 --policy.types 'Private, Public, ChatRoom, Community'
  post_to_simulator scenario '{"name":"demo"}' >/dev/null
  post_to_simulator flush '{}' >/dev/null
  local deadline=$((SECONDS + 30))
  until run=$(get_from_admin 'runs?state=planned' | jq -er '.items | if length > 2 then .[0].id else empty end'); do
    ((SECONDS < deadline)) || die "nothing was planned: $(get_from_admin runs)"
    sleep 0.2
  done
}
