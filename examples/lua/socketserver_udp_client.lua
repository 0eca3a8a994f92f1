-- A client of socketserver_udp, in any language: sends two datagrams and prints the answers.
--
--   wirescript examples/lua/socketserver_udp_client.lua [HOST] [PORT]      (127.0.0.1, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _, data in ipairs {"hello", "goodbye"} do
  s:sendto(data, {HOST, PORT})
  print(repr(s:recv(1024)))
end

-- Prints:
-- b'HELLO'
-- b'GOODBYE'
