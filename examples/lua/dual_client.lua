-- The documented echo client for IPv4 and IPv6: tries each address of the host until one answers.
--
--   wirescript examples/lua/dual_client.lua [HOST] [PORT]      (daring.cwi.nl, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "daring.cwi.nl"   -- The remote host
local PORT = tonumber(sys.argv[3] or 50007)   -- The same port as used by the server
local s = nil
for _, res in ipairs(socket.getaddrinfo(HOST, PORT, socket.AF_UNSPEC, socket.SOCK_STREAM)) do
  local af, socktype, proto, canonname, sa = table.unpack(res)
  local ok, msg = pcall(function()
    s = socket.socket(af, socktype, proto)
  end)
  if not ok then
    s = nil
    goto continue
  end
  ok, msg = pcall(function()
    s:connect(sa)
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
local data
do local s <close> = s
  s:sendall("Hello, world")
  data = s:recv(1024)
end
print("Received", repr(data))

-- Prints:
-- Received b'Hello, world'
