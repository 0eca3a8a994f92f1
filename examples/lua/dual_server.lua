-- The documented echo server for IPv4 and IPv6: listens on the first address getaddrinfo offers.
-- Serves one connection and ends.
--
--   wirescript examples/lua/dual_server.lua [HOST] [PORT]      (all interfaces, 50007; '' is all interfaces too)
--
-- Pair: dual_client.lua
-- Pair: dual_client.lua ::1
-- Pair: dual_client.lua '' localhost
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2]                      -- Symbolic name meaning all available interfaces
if HOST == "" then HOST = nil end
local PORT = tonumber(sys.argv[3] or 50007)   -- Arbitrary non-privileged port
local s = nil
for _, res in ipairs(socket.getaddrinfo(HOST, PORT, socket.AF_UNSPEC,
                                        socket.SOCK_STREAM, 0, socket.AI_PASSIVE)) do
  local af, socktype, proto, canonname, sa = table.unpack(res)
  local ok, msg = pcall(function()
    s = socket.socket(af, socktype, proto)
  end)
  if not ok then
    s = nil
    goto continue
  end
  ok, msg = pcall(function()
    s:bind(sa)
    s:listen(1)
  end)
  if not ok then
    s:close()
    s = nil
    goto continue
  end
  break
  ::continue::
end
if s == nil then
  print("could not open socket")
  sys.exit(1)
end
local conn, addr = s:accept()
do local conn <close> = conn
  print("Connected by", addr)
  while true do
    local data = conn:recv(1024)
    if data == "" then break end
    conn:send(data)
  end
end

-- Prints:
-- Connected by <address>
