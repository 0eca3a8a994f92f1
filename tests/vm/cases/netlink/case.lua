-- NETLINK: the kernel is asked for its first interface; two sockets talk to each other and to a group.
local socket = require "socket"

local function show(data, address)
  print("(" .. repr(data) .. ", " .. repr(address) .. ")")
end

local s <close> = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
s:settimeout(20)
s:bind({0, 0})
print(repr(s:getsockname().pid ~= 0) .. " " .. s:getsockname().groups)
-- struct nlmsghdr (length, RTM_GETLINK, NLM_F_REQUEST, number, port) and struct ifinfomsg with index 1.
print(s:sendto("\x20\x00\x00\x00\x12\x00\x01\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", {0, 0}))
local answer, address = s:recvfrom(65536)
print(string.unpack("<I2", answer, 5) .. " " .. repr(answer:sub(9, 12)) .. " " .. repr(answer:find("lo\0", 1, true) ~= nil) .. " " .. repr(address))

local a <close> = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
local b <close> = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_USERSOCK)
for _, x in ipairs {a, b} do
  x:settimeout(20)
end
a:bind({0x7001, 0})
b:bind({0x7002, 4})
print(repr(a:getsockname()) .. " " .. repr(b:getsockname()))
print(a:sendto("to one", {0x7002, 0}))
show(b:recvfrom(100))
a:sendto("to a group and itself", {0x7001, 4})
show(b:recvfrom(100))
show(a:recvfrom(100))
b:connect({0x7001, 0})
print(repr(b:getpeername()))
