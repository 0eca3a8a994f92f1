-- create_server for IPv6: alone, and for both families at once.
local socket = require "socket"

do
  local s <close> = socket.create_server({"::1", 0}, {family = socket.AF_INET6})
  print(s.family, s:getsockname()[1], #s:getsockname())
  print(s:getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
end

do
  local s <close> = socket.create_server({"", 0}, {family = socket.AF_INET6, dualstack_ipv6 = true})
  print(s:getsockname()[1], s:getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
  local port = s:getsockname()[2]
  do
    local c <close> = socket.create_connection({"127.0.0.1", port})
    local conn, addr = s:accept()
    print(addr[1], conn.family)
    conn:close()
  end
  do
    local c <close> = socket.create_connection({"::1", port})
    local conn, addr = s:accept()
    print(addr[1], conn.family)
    conn:close()
  end
end
