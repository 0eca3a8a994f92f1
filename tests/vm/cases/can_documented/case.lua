-- The program of Python's documentation, which answers every frame on vcan0 with the frame and one of its own.
local socket = require "socket"

local FRAME = "<I4I1xxxc8"

local s <close> = socket.socket(socket.AF_CAN, socket.SOCK_RAW, socket.CAN_RAW)
s:settimeout(1)
s:bind({"vcan0"})
for _ = 1, 100 do -- until the program is there
  s:send(string.pack(FRAME, 0x77, 5, "hello"))
  local ok, frame, address = pcall(s.recvfrom, s, 16)
  if ok then
    print("(" .. repr(frame) .. ", " .. repr(address) .. ")")
    break
  end
end
s:settimeout(20)
print(repr(s:recv(16)))
