-- shutdown: one direction, the other, both, and where it cannot be.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, e.errno, e.strerror)
  end
end

local a, b = socket.socketpair()
show(function() return a:shutdown(socket.SHUT_WR) end)
show(function() return a:send("x") end)
show(function() return b:recv(10) end)
show(function() return b:send("answer") end)
show(function() return a:recv(10) end)
show(function() return a:shutdown(socket.SHUT_RD) end)
show(function() return a:recv(10) end)
show(function() return b:send("x") end)
a:close()
b:close()

a, b = socket.socketpair()
show(function() return a:shutdown(socket.SHUT_RDWR) end)
show(function() return a:recv(10) end)
show(function() return b:recv(10) end)
show(function() return a:shutdown(7) end)
a:close()
b:close()

do
  local s <close> = socket.socket()
  show(function() return s:shutdown(socket.SHUT_RDWR) end)
end
