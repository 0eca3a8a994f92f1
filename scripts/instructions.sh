#!/usr/bin/env bash
# Counts the instructions that a few things cost, and compares with the counts in scripts/instructions.txt: unlike times, they
# hardly depend on the machine, nor on what else it does. What costs 5 % more than its count there fails; what costs 5 % less is
# told, so that the count is written anew. Counted by valgrind's cachegrind, in the command's release build, in user space alone.
#
# An operation is what a run with 3,000 more of it costs more, by 3,000. "start" is an empty script, whole.
#
#   scripts/instructions.sh            compare; half a minute, and the build
#   scripts/instructions.sh --write    write the counts
#
# WIRESCRIPT names a command built already, which is then not built.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "instructions.sh: valgrind is not installed, nothing was counted" >&2; exit 0; }
[[ -n ${WIRESCRIPT:-} ]] || cargo build --quiet --release
command=${WIRESCRIPT:-target/release/wirescript}
counts=scripts/instructions.txt

# Instructions of a run with this code: `N` in it is a number.
count() {
  local told
  told=$(valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --max-stackframe=100000 \
    "$command" "$1" -e "${2//N/$3}" 2>&1) || { echo "$told" >&2; exit 1; }
  sed -n 's/.*I *refs: *//p' <<<"$told" | tr -d ,
}

# A line "NAME COUNT" for each thing.
measure() {
  local name language code few many
  while IFS='|' read -r name language code; do
    few=$(count "$language" "$code" 1000)
    if [[ $name == start* ]]; then
      echo "$name $few"
    else
      many=$(count "$language" "$code" 4000)
      echo "$name $(((many - few) / 3000))"
    fi
  done <<'THINGS'
start_lua|--lang=lua|
start_rhai|--lang=rhai|
ping_pong_lua|--lang=lua|local a, b = socket.socketpair() for _ = 1, N do a:send("x") b:recv(1) b:send("y") a:recv(1) end
ping_pong_rhai|--lang=rhai|let pair = socket::socketpair(); let a = pair[0]; let b = pair[1]; for i in 0..N { a.send("x"); b.recv(1); b.send("y"); a.recv(1); }
switch_lua|--lang=lua|local function f() for _ = 1, N / 2 do task.sleep(0) end end local t = task.spawn(f) f() t:join()
switch_rhai|--lang=rhai|let t = task::spawn(|| { for i in 0..N / 2 { task::sleep(0); } }); for i in 0..N / 2 { task::sleep(0); } t.join();
error_lua|--lang=lua|for _ = 1, N do pcall(socket.inet_aton, "no address") end
error_rhai|--lang=rhai|for i in 0..N { try { socket::inet_aton("no address"); } catch { } }
THINGS
}

if [[ ${1:-} == --write ]]; then
  measure >"$counts"
  cat "$counts"
  exit
fi
measure | awk -v counts="$counts" '
  BEGIN { while ((getline line < counts) > 0) { split(line, part, " "); was[part[1]] = part[2] } }
  { change = was[$1] ? 100 * ($2 / was[$1] - 1) : 100
    verdict = change > 5 ? "MORE" : change < -5 ? "less: write the counts anew" : "as before"
    if (change > 5) failed = 1
    printf "%-14s %10d instructions, %10d before, %+6.1f %%  %s\n", $1, $2, was[$1], change, verdict
    seen++ }
  END { exit failed || seen == 0 }'
