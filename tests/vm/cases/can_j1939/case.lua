-- CAN_J1939: a message to one address, long enough to need a transfer; and one to all.
local socket = require "socket"

local a <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
local b <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
for _, s in ipairs {a, b} do
  s:settimeout(20)
  s:setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
end
a:bind({"vcan0", socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x20})
b:bind({"vcan0", socket.J1939_NO_NAME, socket.J1939_NO_PGN, 0x30})
print(repr(a:getsockname()))
print(a:sendto(("0123456789"):rep(10), {"vcan0", socket.J1939_NO_NAME, 0xEA00, 0x30}))
local data, ancillary, flags, address = b:recvmsg(4096, 256)
print(#data .. " " .. repr(data == ("0123456789"):rep(10)) .. " " .. repr(address))
-- The kernel fills no more of the control data of an address than it knows.
table.sort(ancillary, function(x, y) return x[2] < y[2] end)
for _, m in ipairs(ancillary) do
  print(m[1] .. " " .. m[2] .. " " .. repr(m[3]))
end
print(b:sendto("to all", {"vcan0", socket.J1939_NO_NAME, 0xFEF1, socket.J1939_NO_ADDR}))
data, address = a:recvfrom(4096)
print("(" .. repr(data) .. ", " .. repr(address) .. ")")
a:connect({"vcan0", socket.J1939_NO_NAME, 0x1FFFF, 0x30})
print(repr(a:getpeername()))
local c <close> = socket.socket(socket.AF_CAN, socket.SOCK_DGRAM, socket.CAN_J1939)
c:bind({"vcan0", 0xFEDCBA9876543210, socket.J1939_NO_PGN, socket.J1939_NO_ADDR})
print(repr(c:getsockname()))
