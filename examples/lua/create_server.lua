-- The documented way to serve IPv4 and IPv6 with one socket, and IPv4 alone where a machine cannot. Echoes one message.
--
--   wirescript examples/lua/create_server.lua [HOST] [PORT]      (all interfaces, 8080)
--
-- Pair: echo_client.lua '' 127.0.0.1
-- Pair: dual_client.lua '' localhost
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or ""
local PORT = tonumber(sys.argv[3] or 8080)
local addr = {HOST, PORT}  -- all interfaces, port 8080
local s
if socket.has_dualstack_ipv6() then
  s = socket.create_server(addr, {family = socket.AF_INET6, dualstack_ipv6 = true})
else
  s = socket.create_server(addr)
end
local conn
do local s <close> = s
  conn, addr = s:accept()
end
do local conn <close> = conn
  print("Connected by", addr)
  conn:sendall(conn:recv(1024))
end

-- Prints:
-- Connected by <address>
