#!/bin/bash
# The arrows of docs/architecture.md, by grepping the includes: system headers are visible to every target, so CMake
# alone does not keep layers apart. Usage: check_layers.sh SOURCE_TREE. Prints each line that breaks a rule.
set -euo pipefail

cd "$1"
broken=0

# includes_of FOLDER…: "file:line:header" of every include in the C++ files there.
includes_of() {
  find "$@" -type f \( -name '*.h' -o -name '*.cpp' \) 2>/dev/null | sort | xargs -r -d '\n' awk '
    /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
      header = $0; sub(/^[^<"]*[<"]/, "", header); sub(/[>"].*$/, "", header); print FILENAME ":" FNR ":" header }'
}

# forbid REASON PATTERN [EXCEPT]: of the includes on standard input, those whose header matches PATTERN, unless the
# file matches EXCEPT.
forbid() {
  local reason=$1 pattern=$2 except=${3:-^$} line file header
  while IFS= read -r line; do
    file=${line%%:*}
    header=${line##*:}
    if [[ $header =~ $pattern && ! $file =~ $except ]]; then
      echo "$line  ($reason)"
      broken=1
    fi
  done
}

own='(app|core|sqlite|chat|http|tests)/'

# Ports and values: the standard library and each other.
forbid "include/ names only std and itself" "^($own|[a-z0-9_]+/.*\\.h(pp)?$|rapidjson|sqlite3|curl|fmt|spdlog)" '^$' \
  < <(includes_of include | grep -v ':headroom/' || true)

forbid "the core knows only the ports and itself" "^((app|sqlite|chat|http|tests)/)" < <(includes_of src/core)
# Pure: what reads a clock, starts a thread or touches a file is an adapter's or the app's.
forbid "the core is pure" \
  '^(thread|mutex|shared_mutex|condition_variable|atomic|future|chrono|ctime|time\.h|iostream|fstream|filesystem|random|unistd\.h|fcntl\.h|signal\.h|csignal|sys/.*|netinet/.*|arpa/.*|netdb\.h|poll\.h|pthread\.h)$' \
  < <(includes_of src/core include)
forbid "the core uses no library but RapidJSON" '^(pistache|curl|SQLiteCpp|openssl|spdlog|fmt|prometheus|boost|systemd)/|^(sqlite3|zlib)\.h$' \
  < <(includes_of src/core include)

for adapter in sqlite chat http; do
  others=$(sed "s/$adapter//; s/(|/(/; s/|)/)/; s/||/|/" <<<"(sqlite|chat|http)")
  forbid "adapters include neither each other nor the app" "^(app|tests)/|^$others/" < <(includes_of "src/$adapter")
  # The core's own headers are reached by the ports.
  forbid "adapters reach the core by include/headroom" '^core/' < <(includes_of "src/$adapter")
done
forbid "no test code in the product" '^(tests/|gtest/|gmock/)' < <(includes_of src include)

forbid "Pistache only in src/http/server*" '^pistache/' '^src/http/server[^/]*$' < <(includes_of src include)
forbid "SQLite only in src/sqlite" '^(SQLiteCpp/|sqlite3\.h$)' '^src/sqlite/' < <(includes_of src include)
forbid "curl only in src/chat" '^curl/' '^src/chat/' < <(includes_of src include)

exit "$broken"
