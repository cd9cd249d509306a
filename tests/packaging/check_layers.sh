#!/bin/bash
# The arrows of docs/architecture.md, by grepping the includes: system headers are visible to every target, so CMake
# alone does not keep layers apart. Usage: check_layers.sh SOURCE_TREE. Prints each line that breaks a rule.
set -euo pipefail

cd "$1"
broken=0

# includes_of FOLDER…: "file:line:header" of every include in the C++ files there; the header with " in front when it is
# ours.
includes_of() {
  find "$@" -type f \( -name '*.h' -o -name '*.cpp' \) 2>/dev/null | sort | xargs -r -d '\n' awk '
    /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
      ours = $0 ~ /include[ \t]*"/
      header = $0; sub(/^[^<"]*[<"]/, "", header); sub(/[>"].*$/, "", header)
      print FILENAME ":" FNR ":" (ours ? "\"" : "") header }'
}

say() {
  echo "$1  ($2)"
  broken=1
}

# forbid REASON PATTERN [EXCEPT]: of the includes on standard input, those whose header matches PATTERN, unless the
# file matches EXCEPT.
forbid() {
  local reason=$1 pattern=$2 except=${3:-^$} line file header
  while IFS= read -r line; do
    file=${line%%:*}
    header=${line##*:}
    header=${header#\"}
    if [[ $header =~ $pattern && ! $file =~ $except ]]; then say "$line" "$reason"; fi
  done
}

# allow FOLDER REASON PATTERN: of our own headers it includes those that match PATTERN, and nothing else.
allow() {
  local folder=$1 reason=$2 pattern=$3 line header
  while IFS= read -r line; do
    header=${line##*:}
    [[ $header == \"* ]] || continue
    [[ ${header#\"} =~ ^($pattern) ]] || say "$line" "$reason"
  done < <(includes_of "$folder")
}

allow include "the ports know nothing but themselves" 'headroom/'
allow src/process "how a program begins, and nothing of what it does" 'process/'
allow src/text "no word of the domain" 'text/|headroom/types\.h$'
allow src/core "the core knows the ports and itself" 'headroom/|core/|text/'
allow src/engine "the engine knows ports and decisions, and no adapter" 'headroom/|engine/|core/|text/'
allow src/http "HTTP, and nothing of headroom" 'http/|text/|headroom/types\.h$'
allow src/webhook "an adapter knows its protocol and the ports" 'headroom/|webhook/|http/|text/'
allow src/admin "an adapter knows its protocol and the ports" 'headroom/|admin/|http/|text/'
allow src/chat "an adapter knows its protocol and the ports" 'headroom/|chat/|http/(curl_transport|date_header)\.h$|text/'
allow src/stored "what both stores have in common knows neither" 'headroom/|stored/|text/'
allow src/sqlite "an adapter knows its library and the ports" 'headroom/|sqlite/|stored/|text/'
allow src/spool "a file of its own by the SQLite adapter's connection, and the ports" 'headroom/|spool/|sqlite/|stored/|text/'
allow src/postgres "an adapter knows its library and the ports" 'headroom/|postgres/|stored/|text/'
allow src/config "the configuration knows what it configures by the ports" 'headroom/|config/|text/'
allow src/database "which of the stores a configuration means, and the way from one to the other" \
  'headroom/|database/|config/|stored/|sqlite/|postgres/|text/|http/sha256\.h$'
allow src/doctor "the doctor looks at what headroom touches" \
  'headroom/|doctor/|config/|database/|text/|stored/|sqlite/|chat/|http/(curl_transport|date_header|sha256|tls_probe)\.h$'
allow src/cli "commands know the configuration, the database and spool files, UserSig and the doctor" \
  'headroom/|cli/|config/|database/|text/|stored/|sqlite/|spool/transfer\.h$|chat/user_sig\.h$|doctor/(doctor|problems)\.h$|daemon/system_clock\.h$'
allow src/ctl "a client of the API, not of the daemon" \
  'headroom/types\.h$|ctl/|process/|http/(curl_transport|uri)\.h$|config/(secrets|nearest)\.h$|text/'
allow src/manual "what is made of the tables" 'manual/|ctl/(command|commands|completion|help)\.h$|cli/(help|parse)\.h$|config/(keys|reload)\.h$|text/'
allow src/daemon "no test code in the product" \
  '(headroom|process|text|core|engine|http|webhook|admin|chat|stored|sqlite|spool|postgres|database|config|cli|daemon)/'
allow simulator "the simulator shares no code with headroom" 'simulator/'

# What may be used of the libraries, and where.
libraries='^(pistache|curl|SQLiteCpp|openssl|spdlog|fmt|prometheus|boost|systemd|gtest|gmock|postgresql|libpq)/|^(sqlite3|zlib|libpq-[a-z]*)\.h$'
# What reads a clock, starts a thread or touches a file is the daemon's, or an adapter's.
world='iostream|fstream|filesystem|ctime|time\.h|random|thread|future|unistd\.h|fcntl\.h|signal\.h|csignal|sys/.*|netinet/.*|netdb\.h|poll\.h|pthread\.h'
forbid "the core is pure" "^($world|mutex|shared_mutex|condition_variable|atomic|chrono|arpa/.*)\$" \
  '^src/core/time_text\.cpp$' < <(includes_of src/core include)
forbid "the core uses no library but RapidJSON" "$libraries" < <(includes_of src/core include src/text)
forbid "ports are the standard library's" '^rapidjson/' < <(includes_of include)
# Locks are the engine's, threads are not.
forbid "the engine has no thread, file or clock of its own" "^($world|chrono|arpa/.*)\$" < <(includes_of src/engine)
forbid "the spool has no thread and no clock of its own" '^(chrono|ctime|time\.h|random|thread|future|pthread\.h|semaphore)$' < <(includes_of src/spool)
forbid "the engine uses no library" "$libraries|^rapidjson/" < <(includes_of src/engine)

forbid "no test code in the product" '^(tests/|gtest/|gmock/)' < <(includes_of src include)
forbid "Pistache only in src/http/server*" '^pistache/' '^src/http/server[^/]*$' < <(includes_of src include)
forbid "SQLite only in src/sqlite" '^(SQLiteCpp/|sqlite3\.h$)' '^src/sqlite/' < <(includes_of src include)
forbid "libpq only in src/postgres" '^(postgresql/|libpq/|libpq-[a-z]*\.h$)' '^src/postgres/' < <(includes_of src include)
forbid "the time zones only in src/config/zones" '^date/' '^src/config/zones\.cpp$' < <(includes_of src include)
forbid "curl only where it is the client" '^curl/' '^src/http/(curl_transport|curl_cause|date_header|tls_probe)\.' < <(includes_of src include)

# A header and its source file are one: who includes in a circle is one, too, and should say so.
circle=$(includes_of src include | awk -F: '$3 ~ /^"/ {
    file = $1; header = $3; sub(/^(src|include)\//, "", file); sub(/\.(h|cpp)$/, "", file)
    sub(/^"/, "", header); sub(/\.h$/, "", header)
    if (file != header) print file, header }' | tsort 2>&1 >/dev/null | sed -n 's/^tsort: \(.*\/.*\)$/\1/p' |
  grep -v 'input contains' | tr '\n' ' ' || true)
[[ -z $circle ]] || say "$circle" "they include each other in a circle"

# The name of the folder that holds the tree decides nothing: see tests/support/places.h.
while IFS= read -r line; do
  say "$line" "a path is a literal in tests/support/places.cpp and driven_daemon.cpp alone"
done < <(find src tests simulator -name CMakeLists.txt ! -path tests/support/CMakeLists.txt -print0 | sort -z |
  xargs -0 -r grep -nE '\b[A-Z_]+="[^"]*(_DIR\}|<TARGET_FILE:)' /dev/null || true)

exit "$broken"
