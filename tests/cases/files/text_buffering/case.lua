-- Text is held back whatever the buffer's size: makefile knows no lines, open does.
local a, b = socket.socketpair()
b:settimeout(0)

local function come()
  local ok, data = pcall(b.recv, b, 100)
  return ok and data or nil
end

for _, size in ipairs {1, 4} do
  local f = a:makefile("w", {buffering = size})
  f:write("abc")
  print(repr(come()))
  f:write("d\nefgh")
  print(repr(come()))
  f:flush()
  print(repr(come()))
  f:close()
end
local f = a:makefile("wb", {buffering = 4})
f:write("abc")
print(repr(come()))
f:write("def")
print(repr(come()))
f:close()
print(repr(come()))

local function content()
  local g <close> = open("out", "rb")
  return g:read()
end

f = open("out", "w", {buffering = 1})
f:write("abc")
print(repr(content()))
f:write("d\nef")
print(repr(content()))
f:close()
print(repr(content()))
a:close()
b:close()
