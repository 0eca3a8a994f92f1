-- read, read1, peek, readinto: sizes, buffering, end of stream, wrong arguments.
local socket = require "socket"

local function reader(data, ...)
  local a, b = socket.socketpair()
  b:sendall(data)
  b:close()
  return a:makefile(...)
end

local function show(...)
  local all = {}
  for i = 1, select("#", ...) do
    all[i] = repr((select(i, ...)))
  end
  print(table.concat(all, " "))
end

local function fill(f, name, array)
  return f[name](f, array) .. " " .. repr(array)
end

local f = reader("0123456789", "rb")
show(f:read(3), f:read(0), f:peek():sub(1, 2), f:read1(2), f:read1(0), f:read(100), f:read(1), f:peek(), f:read1(), f:read())
f = reader("0123456789", "rb", 4)
show(f:read(1), f:peek(), f:read1(2), f:read1(100), f:read1(4), f:read())
f = reader("0123456789", "rb", 0)
show(f:read(3), f:readline(2), f:read(), f:read(), f:readall())
f = reader("0123456789", "rb")
local array = bytearray(4)
print(fill(f, "readinto", array) .. " " .. fill(f, "readinto1", array) .. " " .. fill(f, "readinto", array) .. " " .. f:readinto(array))
print(f:readinto(bytearray(0)))
f = reader("0123456789", "rb", 2)
array = bytearray(8)
print(fill(f, "readinto", array) .. " " .. fill(f, "readinto1", array))
f = reader("0123456789", "rb", 0)
print(fill(f, "readinto", array) .. " " .. fill(f, "readinto", array))
f = reader(("aé€\n"):rep(3), "r")
show(utf8.len(f:read(2)), utf8.len(f:read(0)), utf8.len(f:readline()), utf8.len(f:read(-1)), utf8.len(f:read()), utf8.len(f:read(5)))
f = reader("one\ntwo\n", "rb")
for _, call in ipairs {function() return f:read(-2) end, function() return f:seek(0) end, function() return f:tell() end, function() return f:detach():read(3) end, function() return f:read() end, function() return f.closed end} do
  local ok, got = pcall(call)
  if ok then
    show(got)
  else
    print(got.name, got.message)
  end
end
f = reader("one\ntwo\n", "r")
show(f.buffer.raw:readable(), f:readline() == "one\n")
for _, call in ipairs {function() return f:seek(0) end, function() return f:tell() end, function() return f:detach().mode end, function() return f:read() end, function() return f.name end} do
  local ok, got = pcall(call)
  if ok then
    print(got)
  else
    print(got.name, got.message)
  end
end
