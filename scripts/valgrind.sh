#!/usr/bin/env bash
# Scripts under valgrind's memcheck: reads and writes where nothing is, values never set, memory lost. It builds the command,
# runs the scripts of tests/errno_faults in both languages one by one, and fails when valgrind complains of any.
#
# Fibers need nothing but the limit below: a jump of the stack pointer beyond it is another stack for valgrind. What is not
# complained of stands in scripts/valgrind.supp, with its reason.
#
#   scripts/valgrind.sh [NAME…]      all, or those of these names: tcp, tls, workers, …
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "valgrind.sh: valgrind is not installed" >&2; exit 2; }
[[ -n ${WIRESCRIPT_BUILT:-} ]] || cargo build --quiet
command=$PWD/target/debug/wirescript supp=$PWD/scripts/valgrind.supp certificates=$PWD/tests/certificates/
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

prelude_lua="DATA = ('abcdefghijklmnopqrstuvwxyz 0123456789\\n'):rep(79) PATH = '$room/data' CERTIFICATES = '$certificates' local n = 0 function got(d) n = n + #d end "
prelude_rhai="let DATA = { let line = bytes(\"abcdefghijklmnopqrstuvwxyz 0123456789\\\\n\"); let all = line; for n in 0..78 { all += line; } all }; let PATH = \"$room/data\"; let CERTIFICATES = \"$certificates\"; fn got(d) { } "

ran=0 failed=()
for script in tests/errno_faults/scripts/*; do
  name=$(basename "$script") language=${script##*.}
  [[ $# -eq 0 || " $* " == *" ${name%.*} "* ]] || continue
  prelude=prelude_$language
  printf '%s%s' "${!prelude}" "$(<"$script")" >"$room/$name"
  if ! (cd "$room" && valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
      --errors-for-leak-kinds=definite --max-stackframe=100000 --suppressions="$supp" \
      "$command" "$room/$name" >"$room/out" 2>&1); then
    failed+=("$name")
    sed "s/^/$name: /" "$room/out" | head -60
  fi
  ran=$((ran + 1))
done
echo "valgrind: $ran scripts, failed: ${failed[*]:-none}"
[[ ${#failed[@]} -eq 0 && $ran -gt 0 ]]
