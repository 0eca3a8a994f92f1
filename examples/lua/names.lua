-- Names: this machine's own, and where a service of another can be reached.
--
--   wirescript examples/lua/names.lua [HOST] [PORT]      (example.org, 80)
--
-- Args: 127.0.0.1
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "example.org"
local PORT = tonumber(sys.argv[3] or 80)
print(socket.gethostname())

-- The addresses of a TCP service: a list of (family, type, proto, canonname, sockaddr).
print(repr(socket.getaddrinfo(HOST, PORT, {proto = socket.IPPROTO_TCP})))
for _, res in ipairs(socket.getaddrinfo(HOST, PORT, {type = socket.SOCK_STREAM})) do
  local af, socktype, proto, canonname, sa = table.unpack(res)
  print(sa)
end

-- Prints:
-- <name>
-- [(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('127.0.0.1', 80))]
-- ('127.0.0.1', 80)
