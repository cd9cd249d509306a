#!/bin/bash
# Configures and builds the fuzz targets. Usage: build_targets.sh SOURCE_TREE BUILD_FOLDER [CMAKE_OPTION…]
set -euo pipefail

source_tree=$1
build=$2
shift 2
cd "$source_tree"
cmake --preset fuzz -B "$build" "$@" >/dev/null
cmake --build "$build"
