-- Two UDP sockets: sendto, recvfrom, and back to where it came from.
local socket = require "socket"

do
  local server <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  server:bind({"127.0.0.1", 0})
  local c <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  print(c:sendto("ping", server:getsockname()))
  local data, address = server:recvfrom(1024)
  print(repr(data), address[1], repr(address[2] == c:getsockname()[2]))
  print(server:sendto("pong", 0, address))
  data, address = c:recvfrom(1024)
  print(repr(data), repr(address == server:getsockname()))
  -- Messages keep their borders, empty ones too.
  for _, message in ipairs {"one", "", "three"} do
    c:sendto(message, server:getsockname())
  end
  print(repr(server:recv(100)) .. " " .. repr(server:recv(100)) .. " " .. repr(server:recv(100)))
  -- What does not fit is lost.
  c:sendto("0123456789", server:getsockname())
  c:sendto("next", server:getsockname())
  print(repr((server:recvfrom(4))) .. " " .. repr((server:recvfrom(100))))
end
