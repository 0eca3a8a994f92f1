-- Descriptors passed over a Unix socket, one and two hundred and fifty at a time; none is left open.
local socket = require "socket"


-- Descriptors below a bound that are open: a duplicate can be had of an open one only.
local function open_descriptors()
  local count = 0
  for fd = 0, 600 do
    local ok, copy = pcall(socket.dup, fd)
    if ok then
      count = count + 1
      socket.close(copy)
    end
  end
  return count
end

local before = open_descriptors()
local a, b = socket.socketpair()
local one, other = socket.socketpair()
print(socket.send_fds(a, {"a socket"}, {one:fileno()}))
local data, fds, flags, address = socket.recv_fds(b, 1024, 5)
print(repr(data) .. " " .. #fds .. " " .. repr(fds[1] ~= one:fileno()))
local passed = socket.socket {fileno = fds[1]}
one:close()
passed:send("through it")
print(repr(other:recv(100)))
passed:close()

for _, count in ipairs {250, 1, 253} do
  local list = {}
  for i = 1, count do list[i] = other:fileno() end
  print(socket.send_fds(a, {"many"}, list))
  local data, fds, flags, address = socket.recv_fds(b, 1024, count)
  print(repr(data) .. " " .. #fds .. " " .. repr(flags & socket.MSG_CTRUNC ~= 0))
  for _, fd in ipairs(fds) do
    socket.close(fd)
  end
end

-- More than there is room for: the rest is closed by the kernel, and the flags say so.
socket.send_fds(a, {"x"}, {other:fileno(), other:fileno(), other:fileno()})
local data, fds, flags, address = socket.recv_fds(b, 10, 2)
print(#fds .. " " .. repr(flags & socket.MSG_CTRUNC ~= 0))
for _, fd in ipairs(fds) do
  socket.close(fd)
end
other:close()
a:close()
b:close()
print(open_descriptors() - before)
