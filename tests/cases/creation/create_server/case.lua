-- create_server binds, listens and sets SO_REUSEADDR.
local socket = require "socket"

do
  local s <close> = socket.create_server({"127.0.0.1", 0})
  local host, port = table.unpack(s:getsockname())
  print(host .. " " .. repr(port > 0))
  print(s.family .. " " .. s.type .. " " .. repr(s:gettimeout()))
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) ~= 0))
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)))
  local c <close> = socket.create_connection({host, port})
  local conn, addr = s:accept()
  print(repr(addr == c:getsockname()) .. " " .. addr[1])
  conn:close()
end

do
  local s <close> = socket.create_server({"127.0.0.1", 0}, {backlog = 5, reuse_port = true})
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT) ~= 0))
  local again = socket.create_server(s:getsockname(), {reuse_port = true})
  print(repr(again:getsockname() == s:getsockname()))
  again:close()
end
