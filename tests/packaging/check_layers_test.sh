#!/bin/bash
# The layer check finds what it is for: each of these files breaks a rule, and a tree without them passes.
set -euo pipefail

check=$(dirname "$0")/check_layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/src/{app,core,sqlite,chat,http} "$tree/include/headroom"

good() { mkdir -p "$(dirname "$tree/$1")" && printf '#include %s\n' "${@:2}" >"$tree/$1"; }
good include/headroom/group.h '<string>' '"headroom/types.h"'
good src/core/group.cpp '"headroom/group.h"' '<algorithm>' '<rapidjson/document.h>' '"core/words.h"'
good src/sqlite/storage.cpp '"sqlite/storage.h"' '<SQLiteCpp/Database.h>' '<sqlite3.h>' '"headroom/storage.h"' '<chrono>'
good src/chat/client.cpp '<curl/curl.h>' '"chat/client.h"' '<thread>'
good src/http/server.cpp '<pistache/endpoint.h>' '"http/server.h"'
good src/http/server_worker.h '<pistache/reactor.h>'
good src/app/app.cpp '"http/server.h"' '"sqlite/storage.h"' '"chat/client.h"' '<thread>' '"headroom/group.h"'
"$check" "$tree" || { echo "FAILED: a clean tree is refused"; exit 1; }

# breaks FILE INCLUDE: the check fails and names the file.
breaks() {
  good "$1" '<string>' "$2"
  local output status=0
  output=$("$check" "$tree") || status=$?
  [[ $status == 1 && $output == *"$1:2:"* ]] || { echo "FAILED: $1 may include $2"; exit 1; }
  rm "$tree/$1"
}
breaks src/core/a.cpp '<thread>'
breaks src/core/a.cpp '<mutex>'
breaks src/core/a.cpp '<chrono>'
breaks src/core/a.cpp '<iostream>'
breaks src/core/a.cpp '<fstream>'
breaks src/core/a.cpp '<sys/stat.h>'
breaks src/core/a.cpp '<curl/curl.h>'
breaks src/core/a.cpp '"app/log.h"'
breaks src/core/a.h '"sqlite/storage.h"'
breaks include/headroom/a.h '"core/words.h"'
breaks include/headroom/a.h '<rapidjson/document.h>'
breaks include/headroom/a.h '<thread>'
breaks include/headroom/a.h '<sqlite3.h>'
breaks src/sqlite/a.cpp '"chat/client.h"'
breaks src/sqlite/a.cpp '"http/server.h"'
breaks src/sqlite/a.cpp '"app/log.h"'
breaks src/sqlite/a.cpp '"core/words.h"'
breaks src/chat/a.cpp '"sqlite/storage.h"'
breaks src/chat/a.cpp '"http/uri.h"'
breaks src/chat/a.cpp '<pistache/http.h>'
breaks src/http/a.cpp '"chat/client.h"'
breaks src/http/a.cpp '"sqlite/storage.h"'
breaks src/http/a.cpp '"app/app.h"'
breaks src/http/webhook_handler.cpp '<pistache/http.h>'
breaks src/http/sub/server.cpp '<pistache/http.h>'
breaks src/app/a.cpp '<pistache/http.h>'
breaks src/app/a.cpp '<SQLiteCpp/Database.h>'
breaks src/app/a.cpp '<sqlite3.h>'
breaks src/app/a.cpp '<curl/curl.h>'
breaks src/app/a.cpp '"tests/chatsim/chatsim.h"'
breaks src/app/a.cpp '<gtest/gtest.h>'
printf '  #  include   <pistache/http.h>  // late\n' >"$tree/src/app/odd.h"
! "$check" "$tree" >/dev/null || { echo "FAILED: an oddly written include is missed"; exit 1; }
echo "ok"
