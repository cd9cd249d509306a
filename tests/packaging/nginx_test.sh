#!/bin/bash
# config/nginx.conf is accepted by nginx, and hands each webhook to whom it belongs. On Unix sockets in a temporary
# folder instead of its ports. Usage: nginx_test.sh NGINX_CONF
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
for tool in nginx openssl curl; do command -v "$tool" >/dev/null || { echo "no $tool: skipped"; exit 77; }; done
folder=$(mktemp -d)
pid=
cleanup() {
  [[ -z $pid ]] || { kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; }
  rm -rf "$folder"
}
trap cleanup EXIT
fail() {
  echo "FAILED: $*" >&2
  cat "$folder"/*.log >&2
  exit 1
}

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=chat-callback.example.com \
  -addext subjectAltName=DNS:chat-callback.example.com -keyout "$folder/key.pem" -out "$folder/cert.pem" 2>/dev/null
sed -e "s|/etc/nginx/chat-callback.crt|$folder/cert.pem|; s|/etc/nginx/chat-callback.key|$folder/key.pem|" \
  -e "s|listen 443 ssl|listen unix:$folder/front.sock ssl|; /listen \[::\]:443/d" \
  -e "s|server 127.0.0.1:8080;|server unix:$folder/headroomd.sock;|; s|server 127.0.0.1:9000;|server unix:$folder/app.sock;|" \
  "$1" >"$folder/headroom.conf"
cat >"$folder/nginx.conf" <<CONF
daemon off; master_process off; pid $folder/nginx.pid; error_log $folder/error.log warn;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path $folder/body; proxy_temp_path $folder/proxy; fastcgi_temp_path $folder/fastcgi;
  uwsgi_temp_path $folder/uwsgi; scgi_temp_path $folder/scgi;
  include $folder/headroom.conf;
  log_format seen '\$request_method \$request_uri \$http_x_forwarded_for \$content_length';
  server { listen unix:$folder/headroomd.sock; access_log $folder/headroomd.log seen; location / { return 200 headroomd; } }
  server { listen unix:$folder/app.sock; access_log $folder/app.log seen; location / { return 200 app; } }
}
CONF
nginx -t -q -c "$folder/nginx.conf" -g "error_log $folder/error.log warn;" 2>"$folder/check.log" || fail "nginx refuses it"
! grep -E '\[(warn|emerg)\]' "$folder/check.log" | grep -v 'could not open error log' || fail "nginx warns"

nginx -c "$folder/nginx.conf" 2>>"$folder/error.log" &
pid=$!
for _ in $(seq 100); do [[ -S $folder/front.sock && -S $folder/app.sock ]] && break || sleep 0.1; done

# ask METHOD PATH [CURL OPTION…]: prints the status and the body.
ask() {
  curl -sS --noproxy '*' --max-time 10 --cacert "$folder/cert.pem" --unix-socket "$folder/front.sock" -X "$1" \
    "${@:3}" -w ' %{http_code}' "https://chat-callback.example.com$2"
}
# seen FILE TEXT: waits until the back end has logged it.
seen() {
  for _ in $(seq 50); do
    grep -qF -- "$2" "$folder/$1" 2>/dev/null && return
    sleep 0.1
  done
  fail "$1 never saw $2"
}

webhook=/chat/webhook?SdkAppid=1400000000\&CallbackCommand
body=(-H 'X-Forwarded-For: 10.9.8.7' -d '{}')
[[ $(ask POST "$webhook=Group.CallbackAfterGroupFull" "${body[@]}") == "headroomd 200" ]] || fail "GroupFull"
[[ $(ask POST "$webhook=Group.CallbackAfterMemberExit" "${body[@]}") == "app 200" ]] || fail "MemberExit"
[[ $(ask POST "$webhook=Group.CallbackAfterGroupDestroyed" "${body[@]}") == "app 200" ]] || fail "GroupDestroyed"
[[ $(ask POST "$webhook=C2C.CallbackAfterSendMsg" "${body[@]}") == "app 200" ]] || fail "another command"
[[ $(ask POST "/chat/webhook" "${body[@]}") == "app 200" ]] || fail "no command"
[[ $(ask POST "$webhook=Headroom.Doctor" "${body[@]}") == "headroomd 200" ]] || fail "Headroom.Doctor"
seen headroomd.log "CallbackCommand=Group.CallbackAfterMemberExit"
seen headroomd.log "CallbackCommand=Group.CallbackAfterGroupDestroyed"
[[ $(grep -c . "$folder/headroomd.log") == 4 ]] || fail "headroomd got what is not its"
! grep -q GroupFull "$folder/app.log" || fail "the app got GroupFull"
! grep -q 10.9.8.7 "$folder/headroomd.log" || fail "X-Forwarded-For of the client is handed on"
grep -q '^POST /chat/webhook?SdkAppid=1400000000' "$folder/headroomd.log" || fail "the copy lost its query"

[[ $(ask GET "$webhook=Group.CallbackAfterGroupFull" -o /dev/null) == *405 ]] || fail "GET"
[[ $(ask POST /copy-to-headroomd -o /dev/null "${body[@]}") == *404 ]] || fail "the copy's path is public"
[[ $(ask POST /api/v1/runs -o /dev/null "${body[@]}") == *404 ]] || fail "the admin API is public"
# A group of 6,000 that was disbanded is larger than 200 kB; beyond webhook.max_body it ends here.
head -c 1048576 /dev/zero >"$folder/large"
[[ $(ask POST "$webhook=Group.CallbackAfterGroupDestroyed" --data-binary "@$folder/large") == "app 200" ]] || fail "1 MiB"
printf x >>"$folder/large"
[[ $(ask POST "$webhook=Group.CallbackAfterGroupFull" -o /dev/null --data-binary "@$folder/large") == *413 ]] || fail "size"
echo "ok"
