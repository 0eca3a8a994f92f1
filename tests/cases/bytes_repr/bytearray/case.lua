-- bytearray: made from a size or from bytes, printed with its name.
print(repr(bytearray(4)))
print(repr(bytearray(0)))
print(repr(bytearray("----")))
print(repr(bytearray("it's \x00 \xff")))
local b = bytearray("0123456789")
print(#b, #b:view(3, 9))
print(b)
for i = 1, 3 do
  local bad = ({-1, 1.5, nil})[i]
  local ok, e = pcall(bytearray, bad)
  print(ok and "no error" or e.name)
end
