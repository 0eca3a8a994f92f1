-- A connected UDP socket: send and recv, and only from that peer.
local socket = require "socket"

do
  local a <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local b <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local stranger <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  a:bind({"127.0.0.1", 0})
  b:bind({"127.0.0.1", 0})
  a:connect(b:getsockname())
  print(repr(a:getpeername() == b:getsockname()))
  print(a:send("to the peer"), repr(a:sendall("again")))
  print(repr(b:recv(100)) .. " " .. repr(select(2, b:recvfrom(100)) == a:getsockname()))
  stranger:sendto("not heard", a:getsockname())
  b:sendto("heard", a:getsockname())
  print(repr(a:recv(100)))
  a:setblocking(false)
  local ok, e = pcall(function()
    a:recv(100)
  end)
  print(e.errno)
  print(stranger:connect_ex(b:getsockname()), b:connect_ex(a:getsockname()))
end
