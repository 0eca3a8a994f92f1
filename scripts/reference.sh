#!/usr/bin/env bash
# Writes what is generated from the table of operations: types for language servers, the reference, the manual page and the
# shells' completions. `tests/reference.rs` fails when they are not what this would write.
#
#   scripts/reference.sh             into the folders where they belong
#   scripts/reference.sh DIR         below DIR
set -euo pipefail
cd "$(dirname "$0")/.."

command=${WIRESCRIPT:-}
if [[ -z $command ]]; then
  cargo build --quiet
  command=target/debug/wirescript
fi
root=${1:-.}

mkdir -p "$root/stdlib/types" "$root/docs"
rm -rf "$root/docs/reference"
"$command" doc --luals >"$root/stdlib/types/socket.lua"
"$command" doc --rhai-defs >"$root/stdlib/types/socket.d.rhai"
"$command" doc --markdown "$root/docs/reference"
# `require "task"` is looked for in a file of that name; what is in it is in socket.lua.
sed -n 's/^---@class \(.*\)lib$/\1/p' "$root/stdlib/types/socket.lua" | while read -r module; do
  [[ $module == socket ]] || printf -- '---@meta %s\nreturn %s\n' "$module" "$module" >"$root/stdlib/types/$module.lua"
done
