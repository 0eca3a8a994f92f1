-- Family, type and protocol are what was asked for.
local socket = require "socket"

local asked = {
  {socket.AF_INET, socket.SOCK_STREAM, 0},
  {socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP},
  {socket.AF_INET, socket.SOCK_DGRAM, 0},
  {socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP},
  {socket.AF_INET6, socket.SOCK_STREAM, 0},
  {socket.AF_INET6, socket.SOCK_DGRAM, 0},
  {socket.AF_UNIX, socket.SOCK_STREAM, 0},
  {socket.AF_UNIX, socket.SOCK_DGRAM, 0},
  {socket.AF_UNIX, socket.SOCK_SEQPACKET, 0},
}
for _, each in ipairs(asked) do
  local family, kind, proto = table.unpack(each)
  local s <close> = socket.socket(family, kind, proto)
  print(s.family, s.type, s.proto)
end
