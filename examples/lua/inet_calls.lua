-- Addresses as text and as packed bytes: inet_aton, inet_ntoa, inet_pton, inet_ntop.
--
--   wirescript examples/lua/inet_calls.lua
local socket = require "socket"

print(repr(socket.inet_aton("127.0.0.1")))                      -- IPv4 only
print(socket.inet_ntoa("\x7f\x00\x00\x01"))

print(repr(socket.inet_pton(socket.AF_INET, "127.0.0.1")))      -- socket.AF_INET: convert IPv4
print(repr(socket.inet_pton(socket.AF_INET6, "2001:DB8:0:23:8:800:200C:417A")))  -- socket.AF_INET6: convert IPv6
print(socket.inet_ntop(socket.AF_INET, "\x7f\x00\x00\x01"))
print(socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, "2001:DB8:0:23:8:800:200C:417A")))

-- Prints:
-- b'\x7f\x00\x00\x01'
-- 127.0.0.1
-- b'\x7f\x00\x00\x01'
-- b' \x01\r\xb8\x00\x00\x00#\x00\x08\x08\x00 \x0cAz'
-- 127.0.0.1
-- 2001:db8:0:23:8:800:200c:417a
