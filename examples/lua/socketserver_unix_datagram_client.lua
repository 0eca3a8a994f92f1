-- A client of socketserver_unix_datagram, in any language: sends two datagrams and prints the answers.
--
--   wirescript examples/lua/socketserver_unix_datagram_client.lua [NAME]      (upper)
local socket = require "socket"
local sys = require "sys"

local NAME = sys.argv[2] or "upper"
local s <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s:bind("")                                    -- a name from the kernel: answers need one
for _, data in ipairs {"hello", "goodbye"} do
  s:sendto(data, "\0" .. NAME)
  print(repr(s:recv(1024)))
end

-- Prints:
-- b'HELLO'
-- b'GOODBYE'
