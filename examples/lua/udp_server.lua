-- The documented outline of a UDP server, made runnable: answers every datagram, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/udp_server.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: udp_client.lua
-- Ends: interrupted
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local ss = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ss:bind({HOST, PORT})                     -- bind the server's socket
while true do                             -- the server's endless loop
  local data, addr = ss:recvfrom(1024)
  print("received", repr(data), "from", addr)
  ss:sendto("[" .. data .. "]", addr)
end
ss:close()

-- Prints:
-- received b'hello' from <address>
-- received b'goodbye' from <address>
