-- Views of a bytearray: items, windows of windows, comparing; while one lives, the array keeps its length.
local function truth(flag) return flag and "True" or "False" end
local b = bytearray("0123456789")
local v = b:view(3, 9)
print(#v .. " " .. v[1] .. " " .. v[-1] .. " " .. repr(v:bytes()))
v[1] = 65
v[-1] = 90
print(b)
local w = v:view(2, 4)
w[2] = 42
print(repr(w:bytes()) .. " " .. repr(v:view(-2):bytes()) .. " " .. repr(v:view(6, 100):bytes()) .. " " .. repr(v:view(5, 2):bytes())
  .. " " .. repr(b))
print(truth(v == b:view(3, 9)) .. " " .. truth(v == b) .. " " .. truth(w == bytearray("3*5"):view()))
local items = {}
for i, x in ipairs(w) do items[i] = x end
print(repr(items))
for _, change in ipairs{function() b:append(1) end, function() b:extend("x") end, function() b:clear() end} do
  local ok, e = pcall(change)
  print(ok and "no error" or e.name .. " " .. e.message)
end
for i = 1, 5 do
  local value = ({256, -1, "x", 1.5, nil})[i]
  local ok, e = pcall(function() v[1] = value end)
  print(ok and "no error" or e.name)
end
local ok, e = pcall(function() v[8] = 1 end)
print(e.name)
