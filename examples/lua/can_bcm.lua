-- The documented way to open a CAN bus with the broadcast manager (connect it to {"vcan0"} next), and the error where the
-- kernel has no CAN. can_echo.lua is about raw frames.
--
--   wirescript examples/lua/can_bcm.lua
local socket = require "socket"

local ok, e = pcall(function()
  local s <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_BCM)
  print("the broadcast manager is there")
end)
if not ok then
  print(e.name, e.message) -- print(e) adds: this kernel lacks AF_CAN: load its module with `modprobe can`
end

-- Prints:
-- OSError [Errno 97] Address family not supported by protocol
-- Or prints:
-- OSError [Errno 93] Protocol not supported
-- Or prints:
-- the broadcast manager is there
