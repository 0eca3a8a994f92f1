-- repr of bytes: which quotes, which escapes.
for _, data in ipairs {
  "",
  "Hello, world",
  "it's",
  'say "hi"',
  "both ' and \"",
  "back\\slash",
  "tab\t line\n return\r",
  "\x00\x01\x07\x08\x0b\x0c\x1b\x1f",
  "\x7e\x7f\x80\xff",
  "\u{e9}\u{4e2d}",
  "\x7f\x00\x00\x01",
  "a\x00b",
} do
  print(repr(data))
end
local all = {}
for i = 0, 255 do
  all[#all + 1] = string.char(i)
end
print(repr(table.concat(all)))
