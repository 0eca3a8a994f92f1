-- bulk_luasocket.lua WAY: prints its port, accepts one connection, and sends or receives on it in chunks of 64 KiB.
local socket = require "socket"
local way, size = arg[1], 65536
local server = assert(socket.bind("0.0.0.0", 0))
print((select(2, server:getsockname())))
io.stdout:flush()
local c = server:accept()
if way == "send" then
  local chunk = ("b"):rep(size)
  while c:send(chunk) do end
else
  while c:receive(size) do end
end
