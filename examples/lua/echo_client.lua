-- The documented echo client (IPv4): says hello and prints what comes back.
--
--   wirescript examples/lua/echo_client.lua [HOST] [PORT]      (daring.cwi.nl, 50007)
--
-- For a server of your own: wirescript examples/lua/echo_client.lua localhost
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "daring.cwi.nl"   -- The remote host
local PORT = tonumber(sys.argv[3] or 50007)   -- The same port as used by the server
local data
do local s <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
  s:connect({HOST, PORT})
  s:sendall("Hello, world")
  data = s:recv(1024)
end
print("Received", repr(data))

-- Prints:
-- Received b'Hello, world'
