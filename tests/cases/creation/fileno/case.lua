-- fileno= adopts a descriptor; family, type and protocol come from the kernel.
local socket = require "socket"

for _, each in ipairs {
  {socket.AF_INET, socket.SOCK_STREAM},
  {socket.AF_INET6, socket.SOCK_DGRAM},
  {socket.AF_UNIX, socket.SOCK_SEQPACKET},
} do
  local fd = socket.socket(each[1], each[2]):detach()
  local s <close> = socket.socket({fileno = fd})
  print(s.family, s.type, s.proto)
  print(repr(s:fileno() == fd))
end

-- What is said wins over what would be found out.
local fd = socket.socket(socket.AF_INET, socket.SOCK_STREAM):detach()
local s <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fd)
print(s.family, s.type, s.proto)
