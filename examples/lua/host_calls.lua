-- The documented calls about hosts: gethostname, gethostbyname, gethostbyaddr; and the port of a service.
--
--   wirescript examples/lua/host_calls.lua [HOST]      (www.bilibili.com)
--
-- Args: 127.0.0.1
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "www.bilibili.com"
print(socket.gethostname())
print(socket.gethostbyname("localhost"))
print(socket.gethostbyname(HOST))
local name, aliases, addresses = socket.gethostbyaddr(HOST)
print(name)
print(table.concat(addresses, ", "))
print(socket.getservbyname("http"))

-- Prints:
-- <name>
-- 127.0.0.1
-- 127.0.0.1
-- <name>
-- 127.0.0.1
-- 80
