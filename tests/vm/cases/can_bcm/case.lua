-- CAN_BCM: the broadcast manager sends one frame, then one again and again; and tells of a content that changed.
local socket = require "socket"

-- struct bcm_msg_head: opcode, flags, count, two times of (seconds, microseconds), can_id, number of frames.
local HEAD = "!8<I4I4I4xxxxi8i8i8i8I4I4"
local FRAME = "<I4I1xxxc8"

local raw <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
raw:settimeout(20)
raw:bind({"vcan0"})
local bcm <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM)
bcm:settimeout(20)
bcm:connect({"vcan0"})

bcm:send(string.pack(HEAD, socket.CAN_BCM_TX_SEND, 0, 0, 0, 0, 0, 0, 0, 1) .. string.pack(FRAME, 0x42, 3, "one"))
local frame, address = raw:recvfrom(16)
print("(" .. repr(frame) .. ", " .. repr(address) .. ")")

local flags = socket.CAN_BCM_SETTIMER | socket.CAN_BCM_STARTTIMER
local again = string.pack(HEAD, socket.CAN_BCM_TX_SETUP, flags, 0, 0, 0, 0, 20000, 0x43, 1) .. string.pack(FRAME, 0x43, 5, "again")
print(bcm:send(again))
print(repr(raw:recv(16)))
print(repr(raw:recv(16)))
bcm:send(string.pack(HEAD, socket.CAN_BCM_TX_DELETE, 0, 0, 0, 0, 0, 0, 0x43, 0))

-- Whole content watched: the first frame and every change of it are told.
local watch = string.pack(HEAD, socket.CAN_BCM_RX_SETUP, 0, 0, 0, 0, 0, 0, 0x44, 1) .. string.pack(FRAME, 0x44, 8, ("\xff"):rep(8))
bcm:send(watch)
for _, data in ipairs {"a", "a", "b"} do
  raw:send(string.pack(FRAME, 0x44, 1, data))
end
local size = string.packsize(HEAD)
for _ = 1, 2 do
  local told = bcm:recv(size + 16)
  local opcode, _, _, _, _, _, _, can_id = string.unpack(HEAD, told)
  print(repr(opcode == socket.CAN_BCM_RX_CHANGED) .. string.format(" 0x%x ", can_id) .. repr(told:sub(size + 1)))
end
