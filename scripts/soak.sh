#!/bin/sh
# The soak test for as long as you like: random connects, echoes, half-closes, resets and silences over many connections
# against an echo server in Lua, then in Rhai, on loopback, whose calls are cut short, interrupted, stalled and delayed on
# purpose. It stops by itself, prints its figures, and fails when a byte, a descriptor, a task or memory is lost.
#
#   scripts/soak.sh                  ten minutes, half of it each language, 2,000 connections
#   scripts/soak.sh SECONDS CONNECTIONS [FAULTS]      FAULTS as `wirescript --faults` takes them; none: seed=1
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
ulimit -n "$(ulimit -H -n)"
SOAK_SECONDS=$((seconds / 2)) SOAK_CONNECTIONS=${2:-2000} \
    SOAK_FAULTS=${3:-short-reads=0.3,short-writes=0.3,interrupts=0.1,stalls=0.1,jitter=2ms} \
    exec nice cargo test --release --test soak -- --nocapture --test-threads 1
