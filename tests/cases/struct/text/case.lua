-- struct: bytes, Pascal strings, single characters, booleans, padding.
local function show(format, ...)
  local parts = {"'" .. format .. "'"}
  for i = 1, select("#", ...) do parts[#parts + 1] = repr((select(i, ...))) end
  print("(" .. table.concat(parts, ", ") .. (#parts == 1 and ",)" or ")"))
end
for _, format in ipairs{"s", "0s", "3s", "5s", "p", "0p", "1p", "3p", "6p"} do
  for _, data in ipairs{"", "a", "abc", "abcdefgh", "\xff\0"} do
    show(format, struct.pack(format, data))
  end
end
for _, case in ipairs{{"3s", "a\0b"}, {"1p", "\x05"}, {"3p", "\x09ab"}, {"4p", "\x02abc"}, {"4p", "\0abc"}, {"c", "\xff"},
                      {"3c", "abc"}, {"?", "\0"}, {"?", "\x02"}, {"3?", "\0\x01\xff"}, {"3x", "abc"},
                      {"2x2s1xh", "..ab.\0\x01\x02"}, {"", ""}} do
  show(case[1], struct.unpack(case[1], case[2]))
end
for _, case in ipairs{{"c", "a"}, {"2c", "a", "\xfe"}, {"?", true}, {"5?", 0, 1, 2, "", "x"}, {"2?", nil, {}, n = 3}, {"2xc3x", "-"},
                      {""}, {"3x"}, {"i", true}, {"5s", bytearray("ab")}, {"300p", ("x"):rep(400)}} do
  show(case[1], struct.pack(case[1], table.unpack(case, 2, case.n or #case)))
end
for _, case in ipairs{{"c", ""}, {"c", "ab"}, {"c", 5}, {"s", 5}, {"s", nil}, {"p", 5}, {"3s", {1}}} do
  local ok, e = pcall(struct.pack, case[1], case[2])
  assert(not ok and e:is(struct.error))
  print(case[1] .. " " .. e.message)
end
