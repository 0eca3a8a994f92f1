-- struct: bad formats, wrong counts, wrong sizes, offsets outside: CPython's texts.
local b = bytearray(6)
local calls = {
  {struct.calcsize, "z"}, {struct.calcsize, "5"}, {struct.calcsize, "2 h"}, {struct.calcsize, "i<h"},
  {struct.calcsize, " <i"}, {struct.calcsize, "<n"}, {struct.calcsize, "=P"}, {struct.calcsize, "i\0"},
  {struct.calcsize, "99999999999999999999i"}, {struct.calcsize, "4611686018427387904h"},
  {struct.calcsize, "9223372036854775807x1x"}, {struct.calcsize, "é"},
  {struct.pack, "ii", 1}, {struct.pack, "i", 1, 2}, {struct.pack, "3s2x"}, {struct.pack, "x", 1},
  {struct.pack, "i", "x"}, {struct.pack, "Q", nil, n = 3}, {struct.pack, "i", {1}}, {struct.pack, "i", 1.5},
  {struct.unpack, "i", "abc"}, {struct.unpack, "i", "abcde"}, {struct.unpack, "", "a"},
  {struct.unpack_from, "i", "abcdef", 3}, {struct.unpack_from, "i", "abcdef", -3},
  {struct.unpack_from, "i", "abcdef", -30}, {struct.unpack_from, "i", "abcdef", 30},
  {struct.unpack_from, "2i", "abcdef", -6}, {struct.unpack_from, "i", "abcdef", math.mininteger},
  {struct.unpack_from, "i", "abcdef", 1 << 62}, {struct.unpack_from, "0s", "abcdef", 7},
  {struct.pack_into, "0i", b, 7}, {struct.pack_into, "0i", b, 6},
  {struct.pack_into, "i", b, 3, 1}, {struct.pack_into, "i", b, -3, 1}, {struct.pack_into, "i", b, -30, 1},
  {struct.pack_into, "i", b, 7, 1}, {struct.pack_into, "i", b, 0}, {struct.pack_into, "i", b, 0, 1, 2},
  {struct.iter_unpack, "i", "abc"}, {struct.iter_unpack, "", ""}, {struct.iter_unpack, "3x", "abcd"},
}
for _, call in ipairs(calls) do
  local ok, e = pcall(table.unpack(call, 1, call.n or #call))
  print(ok and "no error" or (e:is(struct.error) and "struct.error" or e.name) .. ": " .. e.message)
end
print(repr(b:bytes()))
