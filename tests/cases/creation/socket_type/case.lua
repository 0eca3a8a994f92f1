-- SocketType makes sockets as well: Python's older name for the class.
local socket = require "socket"
local errors = require "errors"

local s = socket.SocketType(socket.AF_INET, socket.SOCK_DGRAM)
print(repr(s.family == socket.AF_INET) .. " " .. repr(s.type == socket.SOCK_DGRAM))
s:close()
print(repr(socket.error == errors.OSError) .. " " .. repr(socket.timeout == errors.TimeoutError) .. " " ..
  repr(socket.has_ipv6))
print(repr(socket.gaierror:is(errors.OSError)) .. " " .. repr(socket.herror:is(errors.OSError)))
print(socket.EBADF .. " " .. repr(socket.EAGAIN == socket.EWOULDBLOCK))
