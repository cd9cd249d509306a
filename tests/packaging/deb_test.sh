#!/bin/bash
# The Debian packages, made of what is built already: what is in them, lintian, what their scripts do, the AppArmor
# profile's grammar. Their life under a systemd is tried by deb_lifecycle.sh. Usage: deb_test.sh SOURCE_TREE BUILD
set -euo pipefail

build=$(realpath "$2")
cd "$1"
PATH=$PATH:/usr/sbin:/sbin  # a user's has no apparmor_parser
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
for tool in dh lintian dpkg-deb apparmor_parser; do
  command -v "$tool" >/dev/null || { echo "no $tool: skipped"; exit 77; }
done
[[ -x $build/src/daemon/headroomd && -x $build/simulator/headroom-chatsim && -e $build/src/manual/headroomd.8 ]] ||
  { echo "the programs are not built: skipped"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

version=$(sed -n 's/^project(headroom VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
[[ $(sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog) == "$version" ]] || fail "debian/changelog is not of version $version"
grep -qi 'no licence has been chosen' debian/copyright || fail "debian/copyright says something else about the licence"

# What a build of the packages needs is what install-deps installs for it, and the other way round.
needed=$(sed -n '/^Build-Depends:/,/^$/p' debian/control | sed 's/^Build-Depends://; s/ *(.*)//; s/[ ,]//g' | grep . | sort)
for package in $(scripts/install-deps build --list); do
  case $package in
    g++ | make | ca-certificates | curl | openssl | tzdata) continue ;;  # build-essential; to run it
  esac
  grep -qxF "$package" <<<"$needed" || fail "debian/control does not build-depend on $package"
done
installed=$(scripts/install-deps deb --list)
for package in $needed; do
  case $package in
    debhelper-compat) package=debhelper ;;
    dh-sequence-installsysusers) continue ;;  # debhelper's
  esac
  grep -qxF "$package" <<<"$installed" || fail "install-deps deb does not install $package"
done

# Nothing is loaded: -Q. Where it is in force is up to the kernel.
words=$(apparmor_parser -Q -K debian/apparmor/headroomd 2>&1) || fail "apparmor: $words"
profile=$(sed -n 's/^profile \([a-z]*\) .*/\1/p' debian/apparmor/headroomd)
grep -qxF "AppArmorProfile=-$profile" systemd/headroomd.service || fail "the unit does not ask for the profile $profile"

# The packages, made of the programs of this build.
mkdir "$folder/tree"
cp -r debian config migrations systemd CMakeLists.txt CHANGELOG.md "$folder/tree"
(cd "$folder/tree" && HEADROOM_BUILT=$build DEB_BUILD_OPTIONS="noautodbgsym" debian/rules binary) >"$folder/log" 2>&1 ||
  { tail -n 20 "$folder/log" >&2; fail "debian/rules binary"; }
daemon=$(echo "$folder"/headroom_*.deb)
simulator=$(echo "$folder"/headroom-simulator_*.deb)

files() { dpkg-deb --fsys-tarfile "$1" | tar -tf - | sed 's|^\.||' | grep -v '/$'; }
both=$(files "$daemon")
for file in /usr/bin/headroomd /usr/bin/headroomctl /lib/systemd/system/headroomd.service /lib/systemd/system/headroomd@.service \
  /usr/lib/sysusers.d/headroom.conf /etc/headroom/headroomd.conf /etc/apparmor.d/headroomd \
  /usr/share/man/man1/headroomctl.1.gz /usr/share/man/man5/headroom.conf.5.gz /usr/share/man/man8/headroomd.8.gz \
  /usr/share/bash-completion/completions/headroom{d,ctl} /usr/share/zsh/vendor-completions/_headroom{d,ctl} \
  /usr/share/fish/vendor_completions.d/headroom{d,ctl}.fish \
  /usr/share/doc/headroom/{README.md,copyright,changelog.gz,operations.md,configuration.md} \
  /usr/share/doc/headroom/examples/{nginx.conf,nginx-nodes.conf,haproxy-nodes.cfg,alerts.yml,headroom.json,headroomd.conf}; do
  grep -qxF "$file" <<<"$both" || fail "headroom has no $file"
done
strange=$(grep -vE '^/(etc/(headroom|apparmor\.d)|lib/systemd/system|usr/(bin|lib/sysusers\.d|share/(man|doc/headroom|bash-completion|zsh|fish)))/' <<<"$both" ||
  true)
[[ -z $strange ]] || fail "headroom has $strange"
! grep -q chatsim <<<"$both" || fail "the simulator is in the daemon's package"
[[ $(files "$simulator" | grep -v /usr/share/doc/ | sort | paste -sd ' ') == \
  "/usr/bin/headroom-chatsim /usr/share/man/man1/headroom-chatsim.1.gz" ]] || fail "headroom-simulator has $(files "$simulator")"
dpkg-deb --fsys-tarfile "$daemon" | tar -tvf - | awk '$1 !~ /^[-d]rw[-x]r-[-x]r-[-x]$/ || $2 != "root/root" { print; bad = 1 } END { exit bad }' ||
  fail "not for everybody, or not root's"

dpkg-deb -e "$daemon" "$folder/control"
[[ $(sort "$folder/control/conffiles" | paste -sd ' ') == "/etc/apparmor.d/headroomd /etc/headroom/headroomd.conf" ]] ||
  fail "conffiles: $(cat "$folder/control/conffiles")"
for script in preinst postinst prerm postrm; do
  sh -n "$folder/control/$script" || fail "$script"
  ! grep -q '#[A-Z]*#' "$folder/control/$script" || fail "$script: something was not filled in"
done
! grep -nE 'deb-systemd-invoke +(re)?start +[^"]|systemctl +(enable|start)' "$folder/control/postinst" || fail "postinst starts or enables something"

# Installed over a newer version, preinst refuses a database that this version can not read.
preinst() { env -i PATH="$build/src/daemon:$PATH" DPKG_ROOT="$folder/root" sh "$1" upgrade 99.0.0 2>&1; }
config=$folder/root/etc/headroom/second.conf
mkdir -p "${config%/*}" "$folder/root/state"
printf '[chat]\nsdk_app_id = 1400000000\n[database]\nurl = sqlite:%s/root/state/h.db\n' "$folder" >"$config"
words=$(preinst "$folder/control/preinst") || fail "no database yet: $words"
"$build/src/daemon/headroomd" migrate up --config "$config" >/dev/null 2>&1 || fail "migrate up"
words=$(preinst "$folder/control/preinst") || fail "of the same schema: $words"
[[ -z $words ]] || fail "preinst says $words"
newest=$(sed -n 's/^known=\([0-9]*\) .*/\1/p' "$folder/control/preinst")
sed "s/^known=$newest /known=$((newest - 1)) /" "$folder/control/preinst" >"$folder/older"
! words=$(preinst "$folder/older") || fail "an older version is let through"
[[ $words == *"has schema $newest, "*"headroomd restore BACKUP"*"there is none"* ]] || fail "no words: $words"
for number in 2 $((newest - 1)) "$newest"; do : >"$folder/root/state/h.db.before-$number.bak"; done
: >"$folder/root/state/h.db.before-$((newest - 1)).bak.1"
touch -d '2 minutes ago' "$folder/root/state/h.db.before-$((newest - 1)).bak"
! words=$(preinst "$folder/older") || fail "an older version is let through"
[[ $words == *"stop headroomd@second"*"headroomd restore $folder/root/state/h.db.before-$((newest - 1)).bak.1 --config $config"* ]] ||
  fail "not the newest backup that it can read: $words"

# What is in the binaries is up to the flags of a real build: `make deb` asks lintian about that, too.
lintian --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs,unstripped-binary-or-object,hardening-no-bindnow \
  --no-tag-display-limit "$daemon" "$simulator" >"$folder/lintian" 2>"$folder/lintian.err" || { cat "$folder"/lintian* >&2; fail "lintian"; }
echo "ok"
