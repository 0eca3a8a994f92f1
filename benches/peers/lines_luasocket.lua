-- lines_luasocket.lua PORT COUNT LENGTH: reads lines off a connection; prints the seconds it took.
local socket = require "socket"
local port, count, length = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
local c = assert(socket.connect("127.0.0.1", port))
local seen, bytes = 0, 0
local start = socket.gettime()
while true do
  local line = c:receive("*l")
  if not line then break end
  seen = seen + 1
  bytes = bytes + #line + 1
end
print(socket.gettime() - start)
assert(seen == count and bytes == length * count, "lines are missing")
