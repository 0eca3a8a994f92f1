-- AF_UNIX: a path as text and as bytes, an abstract name, and the name the kernel makes up.
local socket = require "socket"

for _, name in ipairs {"text", "bytes", "\0abstract"} do
  local server <close> = socket.socket(socket.AF_UNIX)
  server:bind(name)
  server:listen()
  local client <close> = socket.socket(socket.AF_UNIX)
  client:connect(name)
  local connection, peer = server:accept()
  client:sendall("hello")
  print(repr(server:getsockname()) .. " " .. repr(client:getpeername()) .. " " .. repr(peer) .. " " .. repr(connection:recv(10)))
end
local a <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
local b <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a:bind("")
b:bind("")
a:sendto("from a made-up name", b:getsockname())
local data, address = b:recvfrom(100)
print(repr(data) .. " " .. #address[1] .. " " .. repr(address == a:getsockname()))
