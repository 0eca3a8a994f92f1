-- recvfrom_into and recv_into on datagrams.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name)
  end
end

do
  local server <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local c <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  server:bind({"127.0.0.1", 0})
  c:bind({"127.0.0.1", 0})
  local buf = bytearray("..........")
  c:sendto("abc", server:getsockname())
  local n, address = server:recvfrom_into(buf)
  print(n, repr(buf), repr(address == c:getsockname()))
  c:sendto("0123456789", server:getsockname())
  n, address = server:recvfrom_into(buf, 5)
  print(n, repr(buf))
  c:sendto("peek", server:getsockname())
  n, address = server:recvfrom_into(buf, 0, socket.MSG_PEEK)
  print(n, repr(server:recv(100)))
  c:sendto("view", server:getsockname())
  n, address = server:recvfrom_into(buf:view(5, 6))
  print(n, repr(buf))
  show(function() return server:recvfrom_into(buf, 11) end)
  show(function() return server:recvfrom_into(buf, -1) end)
  show(function() return server:recvfrom_into(nil) end)
  show(function() return server:recvfrom(-1) end)
end
