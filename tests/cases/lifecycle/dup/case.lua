-- dup: a second socket on the same connection, with the same timeout.
local socket = require "socket"

local a, b = socket.socketpair()
a:settimeout(4)
local c = a:dup()
print(c.family .. " " .. c.type .. " " .. c.proto .. " " .. repr(c:gettimeout()))
print(repr(c:fileno() ~= a:fileno()) .. " " .. repr(c:get_inheritable()))
a:close()
c:sendall("from the copy")
print(repr(b:recv(100)))
b:sendall("to the copy")
print(repr(c:recv(100)))

local fd = socket.dup(c:fileno())
print(repr(fd ~= c:fileno()))
c:close()
local d = socket.socket({fileno = fd})
d:sendall("from the third")
print(repr(b:recv(100)))
d:close()
print(repr(b:recv(100)))
b:close()
