-- recvfrom on a stream: the data, and no address.
local socket = require "socket"

local a, b = socket.socketpair()
a:sendall("hello")
local data, address = b:recvfrom(100)
print(repr(data), repr(address))
a:sendall("world")
local buf = bytearray(5)
local n
n, address = b:recvfrom_into(buf)
print(n, repr(buf), repr(address))
a:close()
b:close()

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  local c <close> = socket.create_connection(server:getsockname())
  local conn, addr = server:accept()
  c:sendall("over tcp")
  data, address = conn:recvfrom(100)
  print(repr(data), repr(address))
  conn:close()
end
