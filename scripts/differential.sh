#!/usr/bin/env bash
# Random sequences of socket calls under CPython and under wirescript, Lua and Rhai, compared outcome by outcome.
#
#   scripts/differential.sh                     1000 sequences from the seeds 1, 2 and 3
#   scripts/differential.sh N [SEED[,SEED…]]    N sequences, of all seeds together (100,000 take about ten minutes)
#   scripts/differential.sh N SEEDS --jobs 8    what follows goes to tests/differential/main.py: --languages lua, --only NUMBER …
#
# WIRESCRIPT names the command to test; it is built otherwise. Ends with status 1 when a difference was found that
# docs/differences.md does not list, which is then told, shrunk to the fewest calls that show it.
set -euo pipefail
cd "$(dirname "$0")/.."

count=${1:-1000} seeds=${2:-1,2,3}
if [[ ! $count =~ ^[0-9]+$ ]]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
shift $(($# < 2 ? $# : 2))
if [[ -z ${WIRESCRIPT:-} ]]; then
  cargo build --quiet
  WIRESCRIPT=${CARGO_TARGET_DIR:-target}/debug/wirescript
fi
exec python3 tests/differential/main.py --wirescript "$WIRESCRIPT" --sequences "$count" --seeds "$seeds" "$@"
