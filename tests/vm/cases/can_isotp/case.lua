-- CAN_ISOTP: messages longer than a frame, cut and put together by the kernel.
local socket = require "socket"

local a <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
local b <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_ISOTP)
for _, s in ipairs {a, b} do
  s:settimeout(20)
end
a:bind({"vcan0", 0x18DA00F1 | socket.CAN_EFF_FLAG, 0x18DAF100 | socket.CAN_EFF_FLAG})
b:bind({"vcan0", 0x18DAF100 | socket.CAN_EFF_FLAG, 0x18DA00F1 | socket.CAN_EFF_FLAG})
print(repr(a:getsockname()))
print(a:send(("0123456789"):rep(10)))
local data, address = b:recvfrom(4096)
print(#data .. " " .. repr(data == ("0123456789"):rep(10)) .. " " .. repr(address))
print(b:send("short"))
print(repr(a:recv(4096)))
