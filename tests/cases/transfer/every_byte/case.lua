-- All 256 byte values travel unchanged.
local socket = require "socket"

local bytes = {}
for i = 0, 255 do
  bytes[#bytes + 1] = string.char(i)
end
local data = table.concat(bytes)
do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  local c <close> = socket.create_connection(server:getsockname())
  local conn, addr = server:accept()
  c:sendall(data)
  c:shutdown(socket.SHUT_WR)
  local got = ""
  while #got < 256 do
    got = got .. conn:recv(100)
  end
  print(#got, repr(got == data))
  print(repr(conn:recv(100)))
  conn:close()
end
