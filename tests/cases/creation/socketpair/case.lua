-- Two sockets that are already connected.
local socket = require "socket"

local a, b = socket.socketpair()
print(a.family, a.type, a.proto)
a:sendall("to b")
b:sendall("to a")
print(repr(b:recv(10)) .. " " .. repr(a:recv(10)))
print(repr(a:get_inheritable()) .. " " .. repr(a:getblocking()))
a:close()
print(repr(b:recv(10)))
b:close()

a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
print(a.family, a.type)
a:send("one")
a:send("two")
print(repr(b:recv(10)) .. " " .. repr(b:recv(10)))
a:close()
b:close()

a, b = socket.socketpair({type = socket.SOCK_SEQPACKET})
print(a.family, a.type)
a:close()
b:close()

local ok, e = pcall(function()
  socket.socketpair(socket.AF_INET)
end)
print(e.name, e.errno, e.message)
