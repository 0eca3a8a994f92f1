-- CAN_RAW with frames of up to 64 bytes: both kinds arrive at a socket that takes them.
local socket = require "socket"

local s <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
local r <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
for _, x in ipairs {s, r} do
  x:settimeout(20)
  x:setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES, 1)
  x:bind({"vcan0"})
end
print(s:send(string.pack("<I4I1I1xxc64", 0x55, 64, 1, ("x"):rep(64))))
local frame = r:recv(72)
print(#frame .. " " .. repr(frame:sub(1, 12)))
print(s:send(string.pack("<I4I1xxxc8", 0x56, 2, "hi")))
print(repr(r:recv(72)))
print(r:getsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FD_FRAMES))
