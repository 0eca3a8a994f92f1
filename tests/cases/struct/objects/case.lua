-- struct.Struct: a format that is read once.
local struct = require "struct"

local function show(f)
  local results = table.pack(pcall(f))
  if not results[1] then
    print(results[2].name .. " " .. results[2].message)
  elseif results.n == 2 then
    print(repr(results[2]))
  else
    print("(" .. results[2] .. ", " .. results[3] .. ")")
  end
end

local s = struct.Struct("<hh")
print(s.format .. " " .. s.size)
show(function() return s:pack(1, -2) end)
show(function() return s:unpack("\x01\x00\xfe\xff") end)
local buffer = bytearray(6)
s:pack_into(buffer, 1, 3, 4)
print(repr(buffer))
show(function() return s:unpack_from(buffer, 1) end)
show(function() return s:unpack_from(buffer, {offset = 2}) end)
for one, two in s:iter_unpack("\x01\x00\x02\x00\x03\x00\x04\x00") do
  print(one .. " " .. two)
end
show(function() return s:pack(1) end)
show(function() return s:unpack("x") end)
show(function() return s:unpack_from("x") end)
show(function() return s:pack_into(bytearray(2), 0, 1, 2) end)
show(function() return s:iter_unpack("xyz") end)
show(function() return struct.Struct("z") end)
show(function() return struct.Struct("3s"):pack("abc") end)
print(repr(s == s) .. " " .. repr(s == struct.Struct("<hh")) .. " " .. tostring(s):sub(1, 26))
