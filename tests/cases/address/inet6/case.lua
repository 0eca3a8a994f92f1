-- An IPv6 address has four parts; two are enough to give.
local socket = require "socket"

do
  local s <close> = socket.socket(socket.AF_INET6)
  print(s:getsockname())
  s:bind({"::1", 0})
  local name = s:getsockname()
  local host, port, flowinfo, scope_id = name.host, name.port, name.flowinfo, name.scope_id
  print(host, repr(port > 0), flowinfo, scope_id)
  s:listen()
  local c <close> = socket.socket(socket.AF_INET6)
  c:connect({host, port, 0, 0})
  print(repr(c:getpeername() == s:getsockname()))
  local conn, addr = s:accept()
  print(addr[1], addr[3], addr[4], #addr)
  conn:close()
end

do
  local s <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
  s:bind({"", 0})
  print(s:getsockname()[1])
end

do
  local s <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
  s:bind({"0:0:0:0:0:ffff:127.0.0.1", 0})
  print(s:getsockname()[1])
end
