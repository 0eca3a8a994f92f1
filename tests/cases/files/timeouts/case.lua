-- A timeout raises, in a read, a line and an iteration; a write that cannot leave raises too.
local socket = require "socket"

local a, b = socket.socketpair()
a:settimeout(0.05)
b:sendall("one\ntwo\nhalf")
local lines = {}
local _, e = pcall(function()
  for line in a:makefile("rb"):lines() do
    lines[#lines + 1] = line
  end
end)
print(repr(lines) .. " " .. e.name .. " " .. e.message .. " " .. repr(e.errno))
for _, try in ipairs {{"rb", "read", 10}, {"rb", "read"}, {"rb", "readline"}, {"r", "readline"}, {"r", "read", 9}} do
  a, b = socket.socketpair()
  a:settimeout(0.05)
  b:sendall("half")
  local f = a:makefile(try[1])
  local _, e = pcall(f[try[2]], f, try[3])
  print(e.name .. " " .. e.message .. " " .. repr(e.errno))
end
local f = a:makefile("wb")
local _, e = pcall(function()
  while true do
    f:write(("x"):rep(100000))
  end
end)
print(e.name .. " " .. e.message .. " " .. repr(e.errno))
a, b = socket.socketpair()
a:setblocking(false)
f = a:makefile("rb")
print(repr(f:read()) .. " " .. repr(f:read(5)) .. " " .. repr(f:readinto(bytearray(3))) .. " " .. repr(f.raw:read(3)))
b:sendall("now")
print(repr(f:read(5)))
f = a:makefile("wb", 0)
while f:write(("x"):rep(10000)) do
end
print(repr(f:write("x")))
f = a:makefile("wb", 10)
print(f:write("abc"))
for _, try in ipairs {function() f:flush() end, function() f:write("0123456789abc") end} do
  local _, e = pcall(try)
  print(e.name .. " " .. e.errno .. " " .. e.sent)
end
