#!/bin/sh
# Miri over unit tests of rooms that make no system call: undefined behaviour, in our code and in what it calls. Needs
# `rustup +nightly component add miri`. Lua is C, which Miri does not run, so this builds with Rhai alone.
#
#   scripts/miri.sh [FILTER…]
set -eu
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- text:: address::
MIRIFLAGS=-Zmiri-disable-isolation exec cargo +nightly miri test --lib --no-default-features --features rhai -- "$@"
