-- IPv6: a link-local address needs its interface, by number or by name; a flow label is taken.
local socket = require "socket"

local lo = socket.if_nametoindex("lo")
local r <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
r:settimeout(20)
r:bind({"fe80::1", 0, 0, lo})
local name = r:getsockname()
local port = name.port
print(name.host .. " " .. name.flowinfo .. " " .. repr(name.scope_id == lo))
local s <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s:sendto("by number", {"fe80::1", port, 0, lo})
print(repr(r:recv(100)))
s:sendto("by name", {"fe80::1%lo", port})
local data, address = r:recvfrom(100)
print(repr(data) .. " " .. address.host .. " " .. repr(address.scope_id == lo))
s:connect({"fe80::1", port, 0x12345, lo})
name = s:getpeername()
print(name.host .. " " .. repr(name.port == port) .. " " .. name.flowinfo .. " " .. repr(name.scope_id == lo))
