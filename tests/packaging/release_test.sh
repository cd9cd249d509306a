#!/bin/bash
# A release is one command: tried in a clone, without its packages. Usage: release_test.sh SOURCE_TREE
set -euo pipefail

command -v git >/dev/null && git -C "$1" rev-parse HEAD >/dev/null 2>&1 || { echo "no git, or no repository: skipped"; exit 77; }
command -v dpkg >/dev/null || { echo "no dpkg: skipped"; exit 77; }
source_tree=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() {
  echo "FAILED: $*" >&2
  exit 1
}
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@test.invalid GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@test.invalid
git clone -q --depth 1 "file://$source_tree" "$folder/clone" 2>/dev/null || fail "clone"
cd "$folder/clone"
# As it stands in the tree, so that what is not committed yet is tried, too.
cp "$source_tree/scripts/release" scripts/release
cp "$source_tree/CMakeLists.txt" "$source_tree/CHANGELOG.md" .
mkdir -p debian && cp "$source_tree/debian/changelog" debian/changelog
git add -A && git commit -q --allow-empty -m "as it stands"
head=$(git rev-parse HEAD)

# refused CODE WORD ARGUMENT…: nothing was changed.
refused() {
  local code=$1 word=$2 status=0 words
  shift 2
  words=$(scripts/release "$@" 2>&1) || status=$?
  [[ $status == "$code" && $words == *"$word"* ]] || fail "release $*: $status, $words"
  [[ $(git rev-parse HEAD) == "$head" && -z $(git tag) ]] || fail "release $*: something was changed"
}
refused 64 VERSION
refused 64 VERSION 1.2 --without-packages
refused 64 VERSION v1.2.3 --without-packages
echo x >>README.md
refused 1 "not committed" 1.2.3 --without-packages
git checkout -q README.md

# Packages that can not be built leave no release behind.
printf '#!/bin/sh\nexit 1\n' >scripts/deb
git add scripts/deb
git commit -q -m "packages that can not be built"
head=$(git rev-parse HEAD)
refused 1 "could not be built" 1.2.3
[[ ! -e build/release-1.2.3 && -z $(git status --porcelain) ]] || fail "left of a failed release: $(git status --porcelain)"

scripts/release 1.2.3 --without-packages >"$folder/out" 2>&1 || fail "release: $(cat "$folder/out")"
git rev-parse -q --verify refs/tags/v1.2.3 >/dev/null || fail "no tag"
grep -qxE "## 1\.2\.3 \([0-9]{4}-[0-9]{2}-[0-9]{2}\)" < <(git show v1.2.3:CHANGELOG.md) || fail "the changelog has no section of it"
! grep -q "^## Unreleased" < <(git show v1.2.3:CHANGELOG.md) || fail "Unreleased is in the release"
grep -q '^## Unreleased$' CHANGELOG.md || fail "there is no place for what comes next"
grep -q "VERSION 1.2.3 " < <(git show v1.2.3:CMakeLists.txt) || fail "CMakeLists.txt"
[[ $(git show v1.2.3:debian/changelog | sed -n 1p) == "headroom (1.2.3) "* ]] || fail "debian/changelog"
(cd build/release-1.2.3 && sha256sum -c --quiet SHA256SUMS) || fail "checksums"
grep -qx headroom-1.2.3/CMakeLists.txt < <(tar -tf build/release-1.2.3/headroom-1.2.3.tar.xz) || fail "the archive"
[[ -z $(git status --porcelain) ]] || fail "left over: $(git status --porcelain)"

head=$(git rev-parse HEAD)
for again in 1.2.3 1.2.2; do
  ! scripts/release "$again" --without-packages >/dev/null 2>&1 || fail "$again after 1.2.3"
  [[ $(git rev-parse HEAD) == "$head" ]] || fail "$again: something was changed"
done
# Nothing was written since.
! scripts/release 1.2.4 --without-packages >"$folder/out" 2>&1 && grep -q "nothing is written" "$folder/out" || fail "an empty release: $(cat "$folder/out")"
echo "ok"
