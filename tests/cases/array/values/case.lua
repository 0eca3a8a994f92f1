-- array: numbers of one kind: made, printed, indexed, compared, as bytes.
local function truth(flag) return flag and "True" or "False" end
local function line(...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = tostring((select(i, ...))) end
  print(table.concat(parts, " "))
end
for code in ("bBhHiIlLqQfd"):gmatch(".") do
  local a = array(code, {1, 2, 100})
  line(repr(a), a.typecode, a.itemsize, #a, bytes.hex(a:tobytes()))
end
line(array("i"), array("d", {0.1, 1e300, -0.0}), array("f", {0.1, 1e300}), array("b", {-128, 127}), array("i", {true}))
line(array("i", "\1\0\0\0\2\0\0\0"), array("B", bytearray("ab")), array("h", array("B", {1, 255})), array("B", bytearray("xy"):view()))
local a = array("i", {10, 20, 30, 20})
line(a[1], a[-1], repr({a[2], a[3]}), a:index(20), a:index(20, 2), a:index(20, -1), a:count(20), a:count(20.0), a:count("x"))
a[1] = -5
a[-1] = 7
local items = {}
for i, x in ipairs(a) do items[i] = x end
line(a, repr(a:tolist()), repr(items))
line(truth(a == array("h", {-5, 20, 30, 7})), truth(a == array("i", {1})), truth(array("d", {1.0}) == array("b", {1})),
  truth(array("i") == array("d")))
line(array("Q", {math.maxinteger}), array("q", {math.mininteger}), array("l", {1 << 31}))
