-- A host may be given by name, in a short form, or as the empty string.
local socket = require "socket"

do
  local s <close> = socket.create_server({"localhost", 0})
  print(s:getsockname()[1])
  local c <close> = socket.socket()
  c:connect({"localhost", s:getsockname()[2]})
  print(c:getpeername()[1])
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  s:bind({"127.1", 0})
  print(s:getsockname()[1])
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  s:bind({"0.0.0.0", 0})
  local port = s:getsockname()[2]
  print(s:getsockname()[1])
  local c <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  c:connect({"127.0.0.1", port})
  print(c:getsockname()[1], c:getpeername()[1])
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  s:bind({"<broadcast>", 0})
  print(s:getsockname()[1])
end
