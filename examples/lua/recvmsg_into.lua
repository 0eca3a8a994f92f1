-- The documented session of recvmsg_into: one message is spread over three buffers, the second of them a part of a larger
-- one. b2:view(3, 9) is Python's memoryview(b2)[2:9]: Lua counts from 1, and both ends belong to it.
--
--   wirescript examples/lua/recvmsg_into.lua
local socket = require "socket"

local s1, s2 = socket.socketpair()
local b1 = bytearray("----")
local b2 = bytearray("0123456789")
local b3 = bytearray("--------------")
print(s1:send("Mary had a little lamb"))
local nbytes, ancdata, msg_flags, address = s2:recvmsg_into({b1, b2:view(3, 9), b3})
print(nbytes, repr(ancdata), msg_flags, repr(address))
print(repr({b1, b2, b3}))
s1:close()
s2:close()

-- Prints:
-- 22
-- 22 [] 0 None
-- [bytearray(b'Mary'), bytearray(b'01 had a 9'), bytearray(b'little lamb---')]
