-- socketpair: two sockets connected to each other, and what a closed direction looks like.
--
--   wirescript examples/lua/socket_pair.lua
local socket = require "socket"

local s1, s2 = socket.socketpair()
print(s1:send("Mary had a little lamb"))
print(repr(s2:recv(4)))
print(repr(s2:recv(1024)))

s2:sendall("its fleece was white as snow")
s2:shutdown(socket.SHUT_WR)               -- s2 will send no more
print(repr(s1:recv(1024)))
print(repr(s1:recv(1024)))                -- the end of the stream, from now on

s1:sendall("bye")                         -- the other direction is still open
print(repr(s2:recv(1024)))
s1:close()
s2:close()

-- Prints:
-- 22
-- b'Mary'
-- b' had a little lamb'
-- b'its fleece was white as snow'
-- b''
-- b'bye'
