-- A socket is offered to a process, closed, and taken once.
local socket = require "socket"

-- The script's own process, as the kernel names it to its peer (SO_PEERCRED).
local function own_process()
  local one <close>, other = socket.socketpair()
  local pid = string.unpack("=i4", one:getsockopt(socket.SOL_SOCKET, 17, 12))
  other:close()
  return pid
end

local a, b = socket.socketpair()
local data = a:share(own_process())
a:close()
print(a:fileno())
local taken = socket.fromshare(data)
taken:sendall("through a duplicate")
print(repr(b:recv(100)))
print(repr(taken.family == b.family) .. " " .. repr(taken.type == b.type) .. " " .. repr(taken:get_inheritable()) ..
  " " .. repr(taken:gettimeout()))
local ok, e = pcall(socket.fromshare, data)
print(e.name)
ok, e = pcall(b.share, b, 2 ^ 22 + 1)
print(e.name)
for _, sock in ipairs({taken, b}) do sock:close() end
