-- A part of a buffer is a buffer too.
local socket = require "socket"

local a, b = socket.socketpair()
local buf = bytearray("0123456789")
local view = buf:view(3, 9)
print(#view)
a:sendall("ABC")
print(b:recv_into(view), repr(buf))
a:sendall("more than seven")
print(b:recv_into(view), repr(buf))
print(repr(b:recv(100)))
print(a:send(view), repr(b:recv(100)))
print(a:send(buf), repr(b:recv(100)))
a:close()
b:close()
