-- UDP over IPv6: addresses of four parts.
local socket = require "socket"

do
  local server <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
  local c <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
  server:bind({"::1", 0})
  local port = server:getsockname()[2]
  c:sendto("two parts", {"::1", port})
  local data, address = server:recvfrom(100)
  print(repr(data), address[1], address[3], address[4], #address)
  c:sendto("four parts", {"::1", port, 0, 0})
  print(repr(server:recv(100)))
  server:sendto("back", address)
  data, address = c:recvfrom(100)
  print(repr(data), repr(address == server:getsockname()))
end
