-- UDP-Lite: datagrams of which the checksum covers only the beginning, so that sound or pictures with a few bits wrong
-- still arrive.
--
--   wirescript examples/lua/udplite.lua
local socket = require "socket"

local receiver <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)
receiver:bind({"127.0.0.1", 0})
local sender <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDPLITE)

-- the checksum covers the header of 8 bytes and 8 more
sender:setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV, 16)
-- what covers less is not delivered
receiver:setsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_RECV_CSCOV, 16)

sender:sendto("HEAD-OK.and samples that may be damaged", receiver:getsockname())
print(repr(receiver:recv(1024)))
print(sender:getsockopt(socket.IPPROTO_UDPLITE, socket.UDPLITE_SEND_CSCOV))

-- Needs: IPPROTO_UDPLITE
-- Prints:
-- b'HEAD-OK.and samples that may be damaged'
-- 16
