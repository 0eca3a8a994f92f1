-- New descriptors are not inherited by child processes unless that is asked for.
local socket = require "socket"

do
  local s <close> = socket.socket()
  print(repr(s:get_inheritable()))
  print(repr(s:set_inheritable(true)) .. " " .. repr(s:get_inheritable()))
  local d = s:dup()
  print(repr(d:get_inheritable()))
  d:close()
  s:set_inheritable(false)
  print(repr(s:get_inheritable()))
end

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  server:set_inheritable(true)
  local c <close> = socket.create_connection(server:getsockname())
  local conn, addr = server:accept()
  print(repr(server:get_inheritable()) .. " " .. repr(c:get_inheritable()) .. " " .. repr(conn:get_inheritable()))
  conn:close()
end
