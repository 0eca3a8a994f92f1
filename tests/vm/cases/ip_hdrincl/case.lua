-- IP_HDRINCL: a datagram with its own IP header, from an address this socket has not.
local socket = require "socket"

local r <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
r:settimeout(20)
r:bind({"127.0.0.2", 6790})
local s <close> = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
s:setsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL, 1)
-- The kernel fills in length, identification and checksum of the header.
local header = "\x45\x00\x00\x00\x00\x00\x00\x00\x40\x11\x00\x00\x7f\x00\x00\x09\x7f\x00\x00\x02"
print(s:sendto(header .. "\x1a\x85\x1a\x86\x00\x12\x00\x00from hand.", {"127.0.0.2", 0}))
local data, address = r:recvfrom(100)
print("(" .. repr(data) .. ", " .. repr(address) .. ")")
print(s:getsockopt(socket.IPPROTO_IP, socket.IP_HDRINCL))
