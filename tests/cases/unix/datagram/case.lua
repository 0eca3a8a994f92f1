-- Unix datagrams: named and unnamed senders, replies to an address.
local socket = require "socket"

do
  local server <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  server:bind("server.sock")
  local c <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  print(c:sendto("from nobody", "server.sock"))
  local data, address = server:recvfrom(100)
  print(repr(data), repr(address))
  c:bind("client.sock")
  c:sendto("from somebody", "server.sock")
  data, address = server:recvfrom(100)
  print(repr(data), address)
  server:sendto("answer", address)
  local buf = bytearray(6)
  local n
  n, address = c:recvfrom_into(buf)
  print(n, repr(buf), address)
  local ok, e = pcall(function()
    c:sendto("x", "no-such.sock")
  end)
  print(e.name, e.errno)
end
os.remove("server.sock")
os.remove("client.sock")
