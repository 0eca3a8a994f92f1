-- The attribute `timeout` follows whatever sets the timeout, for each socket by itself, after many other values and after the close.
local socket = require "socket"

local a, b = socket.socketpair()
print(repr(a.family == socket.AF_UNIX) .. " " .. repr(a.type == socket.SOCK_STREAM) .. " " .. a.proto .. " " .. repr(a.timeout) .. " " .. repr(b.timeout))
a:settimeout(2.5)
print(repr(a.timeout) .. " " .. repr(b.timeout))
a:setblocking(false)
b:settimeout(2.5)
print(repr(a.timeout) .. " " .. repr(b.timeout))
a:setblocking(true)
print(repr(a.timeout) .. " " .. repr(b.timeout))
if not pcall(a.settimeout, a, -1) then
  print("refused " .. repr(a.timeout))
end
for i = 1, 40 do
  a:settimeout(i / 4)
  assert(a.timeout == i / 4)
end
print(repr(a.timeout) .. " " .. repr(a:gettimeout()))
a:settimeout(2.5)
print(repr(a.timeout) .. " " .. repr(a.family == b.family))
a:sendall("over and over")
print(b:recv(4) .. " " .. b:recv(100))
a:close()
print(repr(a.timeout) .. " " .. repr(a.family == socket.AF_UNIX) .. " " .. repr(a.type == socket.SOCK_STREAM) .. " " .. a.proto)
if not pcall(a.settimeout, a, 7) then
  print("closed " .. repr(a.timeout))
end
b:close()
socket.setdefaulttimeout(1.5)
do
  local c <close> = socket.socket()
  print(repr(c.timeout) .. " " .. repr(c.family == socket.AF_INET))
end
