#!/bin/bash
# The tests of the dashboard, by Node.js. Usage: run.sh BUILD TEST…; BUILD has headroomd and headroom-chatsim.
set -euo pipefail

export HEADROOM_BUILD=$1
shift
cd "$(dirname "$0")"
for name in $(compgen -e | grep '^HEADROOM_' | grep -v '^HEADROOM_BUILD$' || true); do unset "$name"; done
unset NODE_OPTIONS JOURNAL_STREAM NOTIFY_SOCKET CREDENTIALS_DIRECTORY
[[ -e node_modules/playwright-core/package.json ]] || { echo "run.sh: no playwright-core; scripts/install-deps test" >&2; exit 1; }
exec node --test --test-reporter spec "${@/%/_test.mjs}"
