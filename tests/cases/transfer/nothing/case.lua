-- Sending and receiving no bytes at all.
local socket = require "socket"

local a, b = socket.socketpair()
print(a:send(""), repr(a:sendall("")))
a:sendall("x")
print(repr(b:recv(0)) .. " " .. repr(b:recv(1)))
print(b:recv_into(bytearray(0)))
b:settimeout(0)
local ok, e = pcall(function()
  b:recv(1)
end)
print(e.name, e.errno)
a:close()
b:close()
