#!/bin/bash
# The layer check finds what it is for: each of these files breaks a rule, and a tree without them passes.
set -euo pipefail

check=$(dirname "$0")/check_layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/src/{text,core,engine,http,webhook,admin,chat,stored,sqlite,spool,postgres,config,cli,ctl,daemon,manual} "$tree"/{include/headroom,simulator}

good() { mkdir -p "$(dirname "$tree/$1")" && printf '#include %s\n' "${@:2}" >"$tree/$1"; }
good include/headroom/group.h '<string>' '"headroom/types.h"'
good src/text/utf8.cpp '"text/utf8.h"' '"headroom/types.h"' '<rapidjson/encodings.h>'
good src/core/group.cpp '"headroom/group.h"' '<algorithm>' '<rapidjson/document.h>' '"core/words.h"' '"text/utf8.h"'
good src/engine/runs/runner.cpp '"engine/runs/runner.h"' '"headroom/group.h"' '"core/words.h"' '<mutex>' '<atomic>'
good src/stored/schema.cpp '"stored/schema.h"' '<rapidjson/document.h>' '"headroom/storage.h"'
good src/sqlite/storage.cpp '"sqlite/storage.h"' '"stored/schema.h"' '<SQLiteCpp/Database.h>' '<sqlite3.h>' '"headroom/storage.h"' '<chrono>'
good src/spool/spool.cpp '"spool/spool.h"' '"sqlite/connection.h"' '"headroom/event_sink.h"' '<mutex>' '<fcntl.h>'
good src/postgres/storage.cpp '"postgres/storage.h"' '<libpq-fe.h>' '"headroom/storage.h"' '<poll.h>' '"text/utf8.h"'
good src/chat/client.cpp '"http/curl_transport.h"' '"chat/client.h"' '<thread>' '"http/date_header.h"'
good src/http/curl_transport.cpp '<curl/curl.h>' '"http/curl_transport.h"'
good src/http/server.cpp '<pistache/endpoint.h>' '"http/server.h"'
good src/http/server_worker.h '<pistache/reactor.h>'
good src/webhook/handler.cpp '"webhook/handler.h"' '"http/handler.h"' '"headroom/event.h"'
good src/admin/handler.cpp '"admin/handler.h"' '"http/handler.h"' '"headroom/control.h"'
good src/config/load.cpp '"config/load.h"' '"headroom/policy.h"' '<fstream>'
good src/cli/cli.cpp '"config/load.h"' '"sqlite/upkeep/migrator.h"' '"chat/user_sig.h"'
good src/ctl/client.cpp '"ctl/client.h"' '"http/curl_transport.h"' '"config/secrets.h"' '<thread>'
good src/manual/page.cpp '"manual/pages.h"' '"ctl/commands.h"' '"config/keys.h"' '<iostream>'
good src/daemon/app.cpp '"http/server.h"' '"sqlite/storage.h"' '"chat/client.h"' '<thread>' '"engine/runs/runner.h"' '"config/load.h"'
good simulator/world.cpp '"simulator/world.h"' '<thread>'
"$check" "$tree" || { echo "FAILED: a clean tree is refused"; exit 1; }

# breaks FILE INCLUDE: the check fails and names the file.
breaks() {
  good "$1" '<string>' "$2"
  local output status=0
  output=$("$check" "$tree") || status=$?
  [[ $status == 1 && $output == *"$1:2:"* ]] || { echo "FAILED: $1 may include $2"; exit 1; }
  rm "$tree/$1"
}
breaks include/headroom/a.h '"core/words.h"'
breaks include/headroom/a.h '<rapidjson/document.h>'
breaks include/headroom/a.h '<thread>'
breaks include/headroom/a.h '<sqlite3.h>'
breaks src/text/a.cpp '"headroom/group.h"'
breaks src/text/a.cpp '<openssl/evp.h>'
for header in '<thread>' '<mutex>' '<chrono>' '<iostream>' '<fstream>' '<sys/stat.h>' '<curl/curl.h>' '"engine/writer.h"' '"daemon/log.h"'; do
  breaks src/core/a.cpp "$header"
done
breaks src/core/a.h '"sqlite/storage.h"'
for header in '<thread>' '<chrono>' '<filesystem>' '<random>' '<rapidjson/document.h>' '<spdlog/spdlog.h>' '"config/config.h"' \
  '"sqlite/storage.h"' '"chat/client.h"' '"http/uri.h"' '"daemon/threads/commit_queue.h"'; do
  breaks src/engine/runs/a.cpp "$header"
done
breaks src/sqlite/a.cpp '"chat/client.h"'
breaks src/sqlite/a.cpp '"http/server.h"'
breaks src/sqlite/tables/a.cpp '"daemon/log.h"'
breaks src/sqlite/a.cpp '"core/words.h"'
breaks src/stored/a.cpp '"sqlite/storage.h"'
breaks src/stored/a.cpp '"postgres/storage.h"'
breaks src/sqlite/a.cpp '"postgres/storage.h"'
breaks src/sqlite/a.cpp '<libpq-fe.h>'
for header in '<SQLiteCpp/Database.h>' '<thread>' '<chrono>' '<random>' '"engine/writer.h"' '"postgres/storage.h"' '"daemon/log.h"'; do
  breaks src/spool/a.cpp "$header"
done
breaks src/sqlite/a.cpp '"spool/spool.h"'
breaks src/postgres/a.cpp '"sqlite/storage.h"'
breaks src/postgres/tables/a.cpp '"daemon/log.h"'
breaks src/postgres/a.cpp '<sqlite3.h>'
breaks src/daemon/a.cpp '<libpq-fe.h>'
breaks src/engine/runs/a.cpp '<libpq-fe.h>'
breaks src/manual/a.cpp '"daemon/app.h"'
breaks src/manual/a.cpp '"ctl/client.h"'
breaks src/ctl/a.cpp '"daemon/app.h"'
breaks src/ctl/a.cpp '"headroom/run.h"'
breaks src/ctl/a.cpp '"config/config.h"'
breaks src/ctl/a.cpp '<curl/curl.h>'
breaks src/chat/a.cpp '"sqlite/storage.h"'
breaks src/chat/a.cpp '"http/uri.h"'
breaks src/chat/a.cpp '<pistache/http.h>'
breaks src/chat/a.cpp '<curl/curl.h>'
breaks src/http/a.cpp '"headroom/group.h"'
breaks src/http/a.cpp '"chat/client.h"'
breaks src/http/a.cpp '"webhook/handler.h"'
breaks src/http/sub/server.cpp '<pistache/http.h>'
breaks src/webhook/a.cpp '"admin/handler.h"'
breaks src/webhook/a.cpp '"engine/event_intake.h"'
breaks src/webhook/a.cpp '<pistache/http.h>'
breaks src/admin/a.cpp '"webhook/handler.h"'
breaks src/admin/a.cpp '"sqlite/storage.h"'
breaks src/config/a.cpp '"daemon/log.h"'
breaks src/config/a.cpp '"chat/user_sig.h"'
breaks src/cli/commands/a.cpp '"daemon/serve.h"'
breaks src/cli/a.cpp '"chat/client.h"'
breaks src/daemon/a.cpp '<pistache/http.h>'
breaks src/daemon/a.cpp '<SQLiteCpp/Database.h>'
breaks src/daemon/a.cpp '<sqlite3.h>'
breaks src/daemon/a.cpp '<curl/curl.h>'
breaks src/daemon/a.cpp '"simulator/chatsim.h"'
breaks src/daemon/a.cpp '<gtest/gtest.h>'
breaks simulator/a.cpp '"headroom/group.h"'
breaks simulator/a.cpp '"chat/client.h"'
printf '  #  include   <pistache/http.h>  // late\n' >"$tree/src/daemon/odd.h"
! "$check" "$tree" >/dev/null || { echo "FAILED: an oddly written include is missed"; exit 1; }
rm "$tree/src/daemon/odd.h"
good src/config/keys.cpp '"config/keys.h"' '"config/nearest.h"'
good src/config/nearest.cpp '"config/nearest.h"' '"config/keys.h"'
! "$check" "$tree" >/dev/null || { echo "FAILED: a circle is missed"; exit 1; }
echo "ok"
