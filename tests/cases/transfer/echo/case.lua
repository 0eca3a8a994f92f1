-- The documented echo, both ends in one thread: the backlog holds the connection.
local socket = require "socket"

do
  local server <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
  server:bind({"127.0.0.1", 0})
  server:listen(1)
  local client <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
  client:connect(server:getsockname())
  local connection, addr = server:accept()
  do
    local conn <close> = connection
    print(repr(addr == client:getsockname()))
    print(repr(client:sendall("Hello, world")))
    local data = conn:recv(1024)
    print("Received " .. repr(data))
    print(conn:send(data))
    print("Received " .. repr(client:recv(1024)))
  end
  print(repr(client:recv(1024)))
end
