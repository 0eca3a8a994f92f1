-- socket.socket() with nothing said: IPv4, stream, blocking.
local socket = require "socket"

do
  local s <close> = socket.socket()
  print(s.family, s.type, s.proto)
  print(repr(s.family == socket.AF_INET) .. " " .. repr(s.type == socket.SOCK_STREAM))
  print(repr(s.timeout) .. " " .. repr(s:gettimeout()) .. " " .. repr(s:getblocking()))
  print(repr(s:get_inheritable()) .. " " .. repr(s:fileno() > 2))
  print(s:getsockname())
end
