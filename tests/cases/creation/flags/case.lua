-- SOCK_NONBLOCK and SOCK_CLOEXEC work, and do not show in the type.
local socket = require "socket"

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
  print(repr(s.type == socket.SOCK_STREAM) .. " " .. repr(s:getblocking()) .. " " .. repr(s:gettimeout()))
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
  print(repr(s.type == socket.SOCK_DGRAM) .. " " .. repr(s:getblocking()) .. " " .. repr(s:gettimeout()))
  print(repr(s:get_inheritable()))
end

do
  local s <close> = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
  print(s.type .. " " .. repr(s:getblocking()))
  s:setblocking(true)
  print(repr(s:getblocking()) .. " " .. repr(s:gettimeout()))
end
