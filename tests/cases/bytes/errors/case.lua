-- bytes: what cannot be converted, and how it is told.
for _, call in ipairs{
  {bytes.hex, "a", ""}, {bytes.hex, "a", "::"}, {bytes.hex, "a", "é"},
  {bytes.fromhex, "0"}, {bytes.fromhex, "0 1"}, {bytes.fromhex, "01 2"}, {bytes.fromhex, "zz"},
  {bytes.fromhex, "01 0x"}, {bytes.fromhex, "01é"}, {bytes.fromhex, "1"},
  {bytes.find, "abc", 300}, {bytes.find, "abc", -1}, {bytes.split, "abc", ""},
  {bytes.ljust, "a", 5, "xy"}, {bytes.rjust, "a", 5, ""},
  {bytes.decode, "a", "nope"}, {bytes.decode, "\xff", "utf-8", "nope"}, {bytes.decode, "a", "utf-8", "nope"},
  {bytes.encode, "é", "ascii", "nope"}, {bytes.decode, "a", "utf-8\0"}, {bytes.decode, "\xff", "ascii", "xmlcharrefreplace"},
  {bytes.encode, "aéèb", "ascii"}, {bytes.encode, "€", "latin-1"}, {bytes.encode, "\u{1f600}", "cp1252"},
  {bytes.decode, "ab\xff"}, {bytes.decode, "\xe2\x82"}, {bytes.decode, "\xe2\x41"}, {bytes.decode, "\x81", "cp1252"},
  {bytes.decode, "abc", "utf-16-le"}, {bytes.decode, "\0\xd8", "utf-16-le"}, {bytes.decode, "\0\0\0\xff", "utf-32-le"},
  {bytes.encode, bytes.decode("\xff", "utf-8", "surrogateescape"), "utf-8"},
} do
  local ok, e = pcall(table.unpack(call))
  print(ok and "no error" or e.name .. " " .. e.message)
end
