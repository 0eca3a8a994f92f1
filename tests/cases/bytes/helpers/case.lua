-- bytes: digits and back, finding, splitting, padding.
local function line(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  print(table.concat(parts, " "))
end
local r = repr
local b = "\1\2\3\4\5"
line(bytes.hex(b), bytes.hex(b, ":"), bytes.hex(b, " ", 2), bytes.hex(b, " ", -2), bytes.hex(b, "-", 0), bytes.hex(b, "_", 100),
  bytes.hex(""), bytes.hex(bytearray("\xab\xcd")))
line(r(bytes.fromhex("61 62\t63\n6D")), r(bytes.fromhex("")), r(bytes.fromhex("  ")), r(bytes.fromhex("DEADbeef")))
local data, find = "abcabc", bytes.find
line(find(data, "c"), find(data, "c", 3), find(data, "c", -2), find(data, "bc", 2, 5), find(data, "x"), find(data, ""),
  find(data, "", 6), find(data, "", 7), find(data, 99), find(data, "abc", 1), find(data, "a", 0, nil), find(data, "c", 0, -1))
local split = bytes.split
line(r(split("a,b,,c", ",")), r(split("a,b,,c", ",", 2)), r(split("a,b", ",", 0)), r(split("a<>b<>", "<>")), r(split("", ",")),
  r(split(",", ",")))
line(r(split(" a  b\tc\r\n")), r(split(" a  b c ", nil, 1)), r(split(" a ", {maxsplit = 0})), r(split("")), r(split("  ")))
line(r(bytes.ljust("ab", 5)), r(bytes.rjust("ab", 5)), r(bytes.ljust("ab", 4, "*")), r(bytes.rjust("ab", 4, "\0")),
  r(bytes.ljust("ab", 1)), r(bytes.rjust("ab", -5)), r(bytes.ljust("", 2, "-")))
line(bytes.repr("it's \0\xff"), bytes.repr("\t"))
