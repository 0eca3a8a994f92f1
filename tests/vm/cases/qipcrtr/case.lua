-- QIPCRTR: a message between two ports of this node.
local socket = require "socket"

local function show(data, address)
  print("(" .. repr(data) .. ", " .. repr(address) .. ")")
end

local a <close> = socket.socket(socket.AF_QIPCRTR, socket.SOCK_DGRAM)
local b <close> = socket.socket(socket.AF_QIPCRTR, socket.SOCK_DGRAM)
for _, s in ipairs {a, b} do
  s:settimeout(20)
end
local node = a:getsockname().node
a:bind({node, 0x6001})
b:bind({node, 0x6002})
print(repr(a:getsockname()) .. " " .. repr(b:getsockname()))
print(a:sendto("hello, port", {node, 0x6002}))
show(b:recvfrom(100))
b:connect({node, 0x6001})
print(repr(b:getpeername()))
print(b:send("and back"))
show(a:recvfrom(100))
