-- pingpong_luasocket.lua PORT COUNT: a byte to the peer and back; prints the seconds it took.
local socket = require "socket"
local port, count = tonumber(arg[1]), tonumber(arg[2])
local c = assert(socket.connect("127.0.0.1", port))
local start = socket.gettime()
for _ = 1, count do
  c:send("x")
  c:receive(1)
end
print(socket.gettime() - start)
