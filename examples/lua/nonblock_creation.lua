-- SOCK_NONBLOCK: a socket that never waits from the start, though its type does not show it.
--
--   wirescript examples/lua/nonblock_creation.lua
local socket = require "socket"

local sock = socket.socket(
  socket.AF_INET,
  socket.SOCK_STREAM | socket.SOCK_NONBLOCK)

print(repr(sock.type == socket.SOCK_STREAM))
print(repr(sock:getblocking()), repr(sock:gettimeout()))

sock:bind({"127.0.0.1", 0})
sock:listen()
local ok, e = pcall(function()
  sock:accept()
end)
if not ok and e:is("BlockingIOError") then
  print(e.name .. ": " .. e.message)
end

sock:setblocking(true)
print(repr(sock:getblocking()), repr(sock:gettimeout()))
sock:close()

-- Prints:
-- True
-- False 0.0
-- BlockingIOError: [Errno 11] Resource temporarily unavailable
-- True None
