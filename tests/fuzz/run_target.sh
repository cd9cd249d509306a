#!/bin/bash
# Replays a target's corpus, then fuzzes on from it for some seconds. An input that breaks something is kept in
# BUILD_FOLDER/findings, beside the log. Usage: run_target.sh BUILD_FOLDER TARGET SECONDS
set -euo pipefail

build=$1
target=$2
seconds=$3
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/corpus/$target
program=$build/tests/fuzz/fuzz_$target
log=$build/findings/$target.log

# What libFuzzer finds worth keeping goes here, not into the source tree.
found=$(mktemp -d "${TMPDIR:-/tmp}/headroom-fuzz-XXXXXX")
trap 'rm -rf "$found"' EXIT
mkdir -p "$build/findings"

# Up to what each reader takes, and beyond.
max_len=4096
[[ $target != @(webhook_body|chat_reply|request_parser) ]] || max_len=70000

# -timeout is for one input: far above what any takes, because the machine may be busy.
options=(-artifact_prefix="$build/findings/$target-" -timeout=25 -rss_limit_mb=1024 -max_len=$max_len -print_final_stats=1)
[[ ! -f $here/dictionary/$target.dict ]] || options+=(-dict="$here/dictionary/$target.dict")
export UBSAN_OPTIONS=print_stacktrace=1

seeds=("$corpus"/*)
if ! "$program" "${options[@]}" "${seeds[@]}" >"$log" 2>&1 ||
  ! "$program" "${options[@]}" -max_total_time="$seconds" "$found" "$corpus" >"$log" 2>&1; then
  cat "$log"
  echo "$target: FAILED; the input is in $build/findings, or is the seed that ran last"
  exit 1
fi
runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
echo "$target: ${#seeds[@]} seeds, then $runs inputs in $seconds s, nothing found"
