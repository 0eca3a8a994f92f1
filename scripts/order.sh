#!/usr/bin/env bash
# Finds the functions that run when the command starts and those that run for every message, and has the linker put them side by
# side (build.rs gives it scripts/order.ld): the kernel maps a file by sixteen pages at a time, so functions that lie scattered over a
# program of 12 MB cost a start forty faults and 2 MB more of mapped memory. A function that the list lacks, or that is
# no more, does no harm. Counted by valgrind's callgrind in the command's release build; half a minute, and the build.
#
#   scripts/order.sh               builds the command and writes scripts/order.ld
#   scripts/order.sh COMMAND…      of commands built already: instances of generic functions are named by the features that crates
#                                  were built with, which `cargo bench` has more of, so its command (target/release/wirescript after
#                                  it) and the usual one together make a list that fits both
set -euo pipefail
cd "$(dirname "$0")/.."
command -v valgrind >/dev/null || { echo "order.sh: valgrind is not installed" >&2; exit 2; }
commands=("$@")
if [[ $# -eq 0 ]]; then
  cargo build --quiet --release
  commands=(target/release/wirescript)
fi
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
ROUNDS=1000

# The own functions of a command, each with a pattern that leaves open what compilers put in to tell instances and versions apart.
# Where many instances take much room, it is the name as it stands.
name_functions() {
  nm -S "$1" | awk 'NF == 4 && $3 ~ /[tTwW]/ { print $4, $2 }' >"$folder/names"
  cut -d' ' -f1 "$folder/names" | sed -E 's/17h[0-9a-f]{16}E.*/17h*/; s/Cs[0-9A-Za-z]+_/Cs*_/g' | paste -d' ' "$folder/names" - |
    while read -r name size pattern; do echo "$name $((16#$size)) $pattern"; done |
    awk '{ pattern[$1] = $3; instances[$3]++; sizes[$3] += $2 }
      END { for (name in pattern) { p = pattern[name]; print name, (instances[p] == 1 || sizes[p] < 16384 ? p : name) } }' \
      >"$folder/own"
}

# The patterns of those that a run with these arguments calls so often.
called() {
  local least=$1
  shift
  valgrind --tool=callgrind --demangle=no --max-stackframe=100000 --callgrind-out-file="$folder/calls" "$command" "$@" \
    </dev/null >"$folder/told" 2>&1 || { cat "$folder/told" >&2; exit 1; }
  awk -v least="$least" '
    FNR == NR { pattern[$1] = $2; next }
    match($0, /^c?fn=\([0-9]+\)/) {
      number = substr($0, RSTART, RLENGTH)
      sub(/^c?fn=/, "", number)
      rest = substr($0, RLENGTH + 2)
      sub(/\x27.*/, "", rest) # a deeper turn of a recursion
      if (rest != "") name[number] = rest
      if (/^cfn/) callee = number
      else calls[number] += 0
    }
    /^calls=/ { split($1, part, "="); calls[callee] += part[2] }
    END { for (number in calls) if (calls[number] >= least && name[number] in pattern) print pattern[name[number]] }
  ' "$folder/own" "$folder/calls"
}

lua='local server = socket.create_server({"127.0.0.1", 0})
task.spawn(function()
  local c = server:accept()
  while true do
    local data = c:recv(4096)
    if data == "" then break end
    c:sendall(data)
  end
  c:close()
end)
local s = socket.create_connection(server:getsockname())
for _ = 1, ROUNDS do s:sendall("ping") s:recv(4096) end
s:close()'
rhai='let server = socket::create_server(["127.0.0.1", 0]);
let answers = task::spawn(|server| {
  let c = server.accept()[0];
  loop {
    let data = c.recv(4096);
    if data.len == 0 { break; }
    c.sendall(data);
  }
  c.close();
}, server);
let s = socket::create_connection(server.getsockname());
for i in 0..ROUNDS { s.sendall("ping"); s.recv(4096); }
s.close();
answers.join();'

# What scripts begin with, most often in a file.
cat >"$folder/small.lua" <<'SCRIPT'
local found, least = {}, 7
for index, word in ipairs(arg) do found[#found + 1] = word:sub(index) end
print(("%d %s"):format(#found, table.concat(found, " ")), socket.AF_INET, 1 / 2, pcall(error, "no"))
io.stdout:flush()
local text = io.stdin:read()
assert(text == nil and type(found) == "table" and not next(found) and least + 1 > 0)
SCRIPT
echo 'print(`${1 + 1} ${socket::AF_INET}`);' >"$folder/small.rhai"

for command in "${commands[@]}"; do
  name_functions "$command"
  called "$ROUNDS" --lang=lua -e "${lua//ROUNDS/$((ROUNDS + 100))}" >>"$folder/messages_lua"
  called 0 "$folder/small.lua" >>"$folder/start_lua"
  # Options bring in what reads them, a quarter of a megabyte that a script's name alone does without.
  called 0 --lang=lua -e '' >>"$folder/options"
  called "$ROUNDS" --lang=rhai -e "${rhai//ROUNDS/$((ROUNDS + 100))}" >>"$folder/messages_rhai"
  # Hundreds of instances of what registers a function each, as they stand, would be gone with the next version.
  called 0 "$folder/small.rhai" | grep -v '17h[0-9a-f]' >>"$folder/start_rhai"
done
# What a group has is left out of those after it.
touch "$folder/before"
for name in messages_lua start_lua options messages_rhai start_rhai; do
  LC_ALL=C sort -u "$folder/$name" | LC_ALL=C comm -23 - "$folder/before" >"$folder/$name.new"
  LC_ALL=C sort -o "$folder/before" "$folder/before" "$folder/$name.new"
done

group() { echo "    /* $1 */" && sed 's/.*/    *(.text.& .text.unlikely.&)/' "$folder/$2.new"; }
{
  echo '/* Written by scripts/order.sh. What follows it is where the program begins, so the groups that count most come last. */'
  printf 'SECTIONS\n{\n  .text.first :\n  {\n'
  group 'The start, in Rhai.' start_rhai
  group 'A message, in Rhai.' messages_rhai
  group 'Options of the command.' options
  group 'A message, in Lua.' messages_lua
  group 'The start, in Lua.' start_lua
  printf '  }\n}\nINSERT BEFORE .text;\n'
  # What only a panic reads lies out of the way.
  printf 'SECTIONS\n{\n  .gcc_except_table : { *(.gcc_except_table .gcc_except_table.*) }\n}\nINSERT AFTER .eh_frame;\n'
} >scripts/order.ld
wc -l scripts/order.ld
