-- AF_PACKET: whole frames and what is in them on the loopback interface, sent and captured.
local socket = require "socket"

local OURS = 0x88B5 -- an Ethernet protocol for experiments

local r <close> = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(OURS))
r:settimeout(20)
r:bind({"lo", OURS})
print(repr(r:getsockname()))
local s <close> = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
print(s:sendto("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x88\xb5a frame of our own", {"lo", 0}))
local frame, address = r:recvfrom(100)
print("(" .. repr(frame) .. ", " .. repr(address) .. ")")

local cooked <close> = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
print(cooked:sendto("without its header", {"lo", OURS, socket.PACKET_HOST, 0, "\x01\x02\x03\x04\x05\x06"}))
frame, address = r:recvfrom(100)
print(repr(frame) .. " " .. repr(address))

local everything <close> = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3)) -- ETH_P_ALL
everything:settimeout(20)
everything:bind({"lo", 3})
local u <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u:bind({"127.0.0.1", 0})
u:sendto("captured twice", u:getsockname())
for _ = 1, 2 do
  local data, address = everything:recvfrom(100)
  print(repr(data:sub(29)) .. " " .. repr(address))
end
local name = everything:getsockname()
print("('" .. name.ifname .. "', " .. name.proto .. ")")
