-- Raw ICMP: an echo request to loopback, written by hand, and the kernel's answer; both versions of IP.
local socket = require "socket"

local s <close> = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s:settimeout(20)
print(s:sendto("\x08\x00\xa5\xba\x12\x34\x00\x01wirescript", {"127.0.0.1", 0}))
local packet, address
repeat
  packet, address = s:recvfrom(100)
until packet:byte(21) == 0
print(repr(packet:sub(21, 22)) .. " " .. repr(packet:sub(25)) .. " " .. repr(address))

local s6 <close> = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
s6:settimeout(20)
print(s6:sendto("\x80\x00\x00\x00\x12\x34\x00\x01wirescript", {"::1", 0}))
repeat
  packet, address = s6:recvfrom(100)
until packet:byte(1) == 0x81
print(repr(packet:sub(5)) .. " " .. repr(address))
