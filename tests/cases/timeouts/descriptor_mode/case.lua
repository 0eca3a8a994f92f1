-- The descriptor's own mode, set behind the timeout's back: calls do as the kernel does.
local fcntl = require "fcntl"
local socket = require "socket"

local function attempt(s)
  local ok, e = pcall(s.recv, s, 1)
  if ok then
    print(repr(e) .. " " .. repr(s:gettimeout()))
  else
    print(e.name .. " " .. repr(e.errno == 11) .. " " .. repr(s:gettimeout()))
  end
end

local a, b = socket.socketpair()
fcntl.fcntl(a, fcntl.F_SETFL, fcntl.O_NONBLOCK)
attempt(a)
b:send("x")
attempt(a)
local c = socket.socket{fileno = socket.dup(a:fileno())}
attempt(c)
c:detach()
a:settimeout(nil)
b:send("y")
attempt(a)
a:setblocking(false)
attempt(a)
fcntl.fcntl(a, fcntl.F_SETFL, 0)
b:send("z")
attempt(a)
b:close()
attempt(a)
a:setblocking(false)
attempt(a)
a:close()
