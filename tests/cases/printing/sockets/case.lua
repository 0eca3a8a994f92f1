-- How a socket prints; descriptors and ports are masked, as they vary.
local socket = require "socket"

local function show(s)
  print((tostring(s):gsub("fd=%d+", "fd=N"):gsub("', [1-9]%d*", "', PORT")))
end

local s = socket.socket()
show(s)
s:bind({"127.0.0.1", 0})
show(s)
s:listen()
show(s)
local c = socket.create_connection(s:getsockname())
show(c)
local conn, addr = s:accept()
show(conn)
print(repr(repr(conn) == tostring(conn)))
for _, each in ipairs {conn, c, s} do
  each:close()
end
show(s)
show(c)

for _, each in ipairs {
  {socket.AF_INET, socket.SOCK_DGRAM, 0},
  {socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP},
  {socket.AF_INET6, socket.SOCK_STREAM, 0},
  {socket.AF_UNIX, socket.SOCK_STREAM, 0},
} do
  local kept
  do
    local s <close> = socket.socket(each[1], each[2], each[3])
    kept = s
    show(s)
  end
  show(kept)
end

do
  local s <close> = socket.socket()
  socket.close(s:detach())
  show(s)
end
