-- The documented session of getaddrinfo: where a host serves TCP on port 80. The documentation prints SocketType where
-- CPython prints SocketKind.
--
--   wirescript examples/lua/getaddrinfo.lua [HOST]      (example.org)
--
-- Args: 127.0.0.1
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "example.org"
print(repr(socket.getaddrinfo(HOST, 80, {proto = socket.IPPROTO_TCP})))

-- Prints:
-- [(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('127.0.0.1', 80))]
