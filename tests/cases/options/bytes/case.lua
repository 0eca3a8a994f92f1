-- Options that are bytes: struct linger, and any number as the kernel holds it.
local socket = require "socket"

do
  local s <close> = socket.socket()
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
  s:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, string.pack("ii", 1, 30))
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)))
  local onoff, seconds = string.unpack("ii", s:getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))
  print(onoff, seconds)
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 4)))
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 100)))
  print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 0)))
  s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, "\x01\x00\x00\x00")
  print(s:getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
  s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, bytearray(4))
  print(s:getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
  s:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, string.pack("ii", 0, 0))
end
