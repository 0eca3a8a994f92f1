-- CAN_RAW: frames on vcan0, from one interface or from all, filtered, and one's own.
local socket = require "socket"

local FRAME = "<I4I1xxxc8"

local function pack(can_id, data)
  return string.pack(FRAME, can_id, #data, data)
end

local function show(frame, address)
  local can_id, length, data = string.unpack(FRAME, frame)
  print(string.format("%x", can_id) .. " " .. repr(data:sub(1, length)) .. " " .. repr(address))
end

local s <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
local r <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
for _, x in ipairs {s, r} do
  x:settimeout(20)
end
s:bind({"vcan0"})
r:bind({""})
print(repr(s:getsockname()) .. " " .. repr(r:getsockname()))
print(s:send(pack(0x123, "\x01\x02")))
show(r:recvfrom(16))
r:setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, string.pack("<I4I4", 0x200, 0x700))
s:send(pack(0x123, "\0"))
s:send(pack(0x80000000 | 0x12345, "\0"))
s:send(pack(0x2ff, "\x03"))
show(r:recvfrom(16))
s:setsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_RECV_OWN_MSGS, 1)
s:sendto(pack(0x7ff, ""), {"vcan0"})
local frame, ancillary, flags, address = s:recvmsg(16)
print(repr(flags & socket.MSG_DONTROUTE ~= 0) .. " " .. repr(flags & socket.MSG_CONFIRM ~= 0))
show(frame, address)
local filter = r:getsockopt(socket.SOL_CAN_RAW, socket.CAN_RAW_FILTER, 8)
print(string.format("(%d, %d)", string.unpack("<I4I4", filter)))
