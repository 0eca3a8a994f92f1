-- sendmsg and recvmsg: several buffers, control data, flags and addresses.
local socket = require "socket"

local a, b = socket.socketpair()
print(a:sendmsg {"he", "llo", ""})
local data, ancdata, flags, address = b:recvmsg(100)
print(repr(data) .. " " .. repr(ancdata) .. " " .. (flags & ~socket.MSG_CMSG_CLOEXEC) .. " " .. repr(address))
print(a:sendmsg({"0123456789"}, {}, 0))
local data, ancdata, flags, address = b:recvmsg(4, 100, socket.MSG_PEEK)
print(repr(data) .. " " .. repr(ancdata))
local data, ancdata, flags, address = b:recvmsg(100, socket.CMSG_SPACE(4))
print(repr(data) .. " " .. repr(ancdata))
a:close()
local data, ancdata, flags, address = b:recvmsg(100)
print(repr(data) .. " " .. repr(ancdata))
b:close()

-- A datagram that does not fit is cut, and the flags say so.
local one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one:bind {"127.0.0.1", 0}
local other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
other:bind {"127.0.0.1", 0}
print(other:sendmsg({"data", "gram"}, {}, 0, one:getsockname()))
local data, ancdata, flags, address = one:recvmsg(4)
print(repr(data) .. " " .. repr(flags & socket.MSG_TRUNC ~= 0) .. " " .. repr(address == other:getsockname()))

-- Control data that the kernel makes: the time to live of a datagram.
one:setsockopt(socket.IPPROTO_IP, 12, 1)
other:setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
other:sendto("x", one:getsockname())
local data, ancdata, flags, address = one:recvmsg(10, 100)
local level, kind, value = table.unpack(ancdata[1])
print(#ancdata .. " " .. level .. " " .. kind .. " " .. string.unpack("<i4", value))
one:close()
other:close()
