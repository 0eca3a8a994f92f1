#!/usr/bin/env bash
# Fuzzing (fuzz/): builds all targets and runs one after the other from its committed corpus; what they find to be new goes to
# fuzz/corpus.grown, which stays on this machine, so the next run goes on from there. A finding ends it, and lies in
# fuzz/artifacts. Each run is a line in fuzz/artifacts/log; their sum is told.
#
#   scripts/fuzz.sh                      half a minute each
#   scripts/fuzz.sh SECONDS [TARGET…]    so long each
#   scripts/fuzz.sh 0                    only the sum of all runs so far
#
# Needs a nightly compiler and cargo-fuzz (`cargo install cargo-fuzz`).
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
shift || true
targets=("$@")
if [[ $# -eq 0 ]]; then
  for source in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$source" .rs)"); done
fi
mkdir -p fuzz/artifacts
log=fuzz/artifacts/log

if [[ $seconds -gt 0 ]]; then
  cargo fuzz --version >/dev/null 2>&1 || { echo "fuzz.sh: cargo-fuzz is not installed" >&2; exit 2; }
  host=$(rustc -vV | sed -n 's/^host: //p')
  cargo +nightly fuzz build
  # One for all targets: inputs are small, an engine has its memory limited, and nothing is worth waiting ten seconds for.
  # Fibers tell by the address of a local where they stand; it has to be on their stack.
  # Values of Rhai that hold each other are never freed, as it counts references: what a script leaks so is no finding.
  export ASAN_OPTIONS=detect_stack_use_after_return=0:detect_leaks=0
  limits=(-max_len=2000 -rss_limit_mb=3000 -timeout=20 -detect_leaks=0)
  for target in "${targets[@]}"; do
    grown=fuzz/corpus.grown/$target
    mkdir -p "$grown" "fuzz/artifacts/$target"
    start=$SECONDS
    told=$(mktemp)
    if ! nice -n 19 "fuzz/target/$host/release/$target" "${limits[@]}" -max_total_time="$seconds" \
        -artifact_prefix="fuzz/artifacts/$target/" -print_final_stats=1 "$grown" "fuzz/corpus/$target" >"$told" 2>&1; then
      tail -40 "$told" >&2
      echo "fuzz: $target found something; its input is in fuzz/artifacts/$target" >&2
      exit 1
    fi
    edges=$(grep -o 'cov: [0-9]*' "$told" | tail -1 | tr -dc 0-9)
    runs=$(sed -n 's/.*number_of_executed_units: *//p' "$told")
    echo "$target $((SECONDS - start)) ${runs:-0} ${edges:-0}" >>"$log"
    rm -f "$told"
  done
fi

[[ -s $log ]] || { echo "fuzz: nothing has run yet"; exit 0; }
awk '{ time[$1] += $2; runs[$1] += $3; if ($4 > edges[$1]) edges[$1] = $4 }
  END { for (target in time) printf "%-12s %7d s %10d inputs %6d edges reached\n", target, time[target], runs[target], edges[target] }' \
  "$log" | sort
