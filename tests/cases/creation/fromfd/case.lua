-- fromfd duplicates the descriptor: closing one leaves the other.
local socket = require "socket"

local a, b = socket.socketpair()
local c = socket.fromfd(a:fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
print(c.family, c.type, c.proto)
print(repr(c:fileno() ~= a:fileno()) .. " " .. repr(c:get_inheritable()))
a:close()
c:sendall("through the copy")
print(repr(b:recv(100)))
c:close()
print(repr(b:recv(100)))
b:close()

-- Nothing is checked: family and type are what the caller says.
a, b = socket.socketpair()
c = socket.fromfd(a:fileno(), socket.AF_INET, socket.SOCK_DGRAM, 17)
print(c.family, c.type, c.proto)
for _, s in ipairs {a, b, c} do
  s:close()
end
