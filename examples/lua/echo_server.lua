-- The documented echo server (IPv4): serves one connection, sends back what arrives, ends.
--
--   wirescript examples/lua/echo_server.lua [HOST] [PORT]      (all interfaces, 50007)
--
-- Its Python twin is examples/python/echo_server.py; either client will do for either server.
-- Pair: echo_client.lua
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or ""                -- Symbolic name meaning all available interfaces
local PORT = tonumber(sys.argv[3] or 50007)   -- Arbitrary non-privileged port
do local s <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
  s:bind({HOST, PORT})
  s:listen(1)
  local conn, addr = s:accept()
  do local conn <close> = conn
    print("Connected by", addr)
    while true do
      local data = conn:recv(1024)
      if data == "" then break end
      conn:sendall(data)
    end
  end
end

-- Prints:
-- Connected by <address>
