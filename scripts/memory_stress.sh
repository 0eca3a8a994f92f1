#!/bin/sh
# Scripts run with 5,000 limits on their memory each, so that another allocation fails each time (tests/memory_stress.rs).
#
#   scripts/memory_stress.sh [LIMITS]
set -eu
cd "$(dirname "$0")/.."
WIRESCRIPT_LIMITS=${1:-5000} exec nice cargo test --test memory_stress -- --nocapture
