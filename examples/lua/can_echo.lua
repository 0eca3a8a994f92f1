-- A CAN bus: answers every frame on vcan0 with the frame and one of its own, for ever.
--
--   modprobe vcan && ip link add vcan0 type vcan && ip link set vcan0 up
--   wirescript examples/lua/can_echo.lua
--
-- can_bcm.lua opens a socket of the broadcast manager instead.
local socket = require "socket"
local struct = require "struct"

-- packing and unpacking of frames (see 'struct can_frame' in <linux/can.h>)
local can_frame_fmt = "=IB3x8s"
local can_frame_size = struct.calcsize(can_frame_fmt)

local function build_can_frame(can_id, data)
  local can_dlc = #data
  data = bytes.ljust(data, 8, "\0")
  return struct.pack(can_frame_fmt, can_id, can_dlc, data)
end

local function dissect_can_frame(frame)
  local can_id, can_dlc, data = struct.unpack(can_frame_fmt, frame)
  return can_id, can_dlc, repr(data:sub(1, can_dlc))
end

-- create a raw socket and bind it to the 'vcan0' interface
local s <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
s:bind({"vcan0"})

while true do
  local cf, addr = s:recvfrom(can_frame_size)

  print(string.format("Received: can_id=%x, can_dlc=%x, data=%s", dissect_can_frame(cf)))

  if not pcall(s.send, s, cf) then
    print("Error sending CAN frame")
  end

  if not pcall(s.send, s, build_can_frame(0x01, "\x01\x02\x03")) then
    print("Error sending CAN frame")
  end
end

-- Needs: AF_CAN with vcan0 and a peer; tests/vm has both
-- Ends: interrupted
-- Prints:
-- Received: can_id=77, can_dlc=5, data=b'hello'
