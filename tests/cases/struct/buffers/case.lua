-- struct: into and out of buffers at a place, and piece by piece.
local function tuple(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = repr((select(i, ...))) end
  return "(" .. table.concat(parts, ", ") .. (#parts == 1 and ",)" or ")")
end
local b = bytearray("----------")
struct.pack_into(">H", b, 0, 0x4142)
struct.pack_into(">H", b, -2, 0x4344)
struct.pack_into("2x", b, 4)
print(b)
struct.pack_into("<I", b:view(4, 8), 1, 0x64636261)
print(b)
local a = array("H", {0, 0, 0})
struct.pack_into("=H", a, 2, 513)
print(a)
print(tuple(struct.unpack_from(">HH", b)))
print(tuple(struct.unpack_from(">H", b, 8)) .. " " .. tuple(struct.unpack_from(">H", b, -10)) .. " "
  .. tuple(struct.unpack_from("0s", b, 10)))
print(tuple(struct.unpack(">H", bytearray("ab"))) .. " " .. tuple(struct.unpack(">H", b:view(1, 2))) .. " "
  .. tuple(struct.unpack("=H", array("H", {7}))))
for one, two in struct.iter_unpack(">HB", "abcdefghi") do
  print(one .. " " .. two)
end
for piece in struct.iter_unpack("3s", bytearray("abcdefghi")) do
  print(repr(piece))
end
for flag in struct.iter_unpack("?", "\0\1") do
  print(repr(flag))
end
local left = {}
for piece in struct.iter_unpack("h", "") do left[#left + 1] = piece end
print(repr(left))
