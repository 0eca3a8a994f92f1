-- Much more room than a datagram can need: it costs no more than what comes.
local socket = require "socket"

local a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a:send("one")
print(repr(b:recv(2^31 - 1)))
a:send("two")
print(repr((b:recvfrom(2^31 - 1))))
a:send("three")
print(repr((b:recvmsg(2^31 - 1))))
local buffer = bytearray(2^30)
print(#buffer)
a:close()
b:close()
