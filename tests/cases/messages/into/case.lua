-- recvmsg_into: the session of the documentation.
local socket = require "socket"

local s1, s2 = socket.socketpair()
local b1 = bytearray("----")
local b2 = bytearray("0123456789")
local b3 = bytearray("--------------")
print(s1:send("Mary had a little lamb"))
local count, ancdata, flags, address = s2:recvmsg_into {b1, b2:view(3, 9), b3}
print(count .. " " .. repr(ancdata) .. " " .. (flags & ~socket.MSG_CMSG_CLOEXEC))
print(repr {b1, b2, b3})
s1:close()
s2:close()
