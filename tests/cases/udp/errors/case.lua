-- What UDP refuses.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.strerror)
  end
end

do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  show(function() return s:send("x") end)
  show(function() return s:sendto(("\0"):rep(70000), {"127.0.0.1", 9}) end)
  show(function() return s:sendto("x", {"127.0.0.1", 0}) end)
  show(function() return s:sendto("x", {"127.255.255.255", 9}) end)
  show(function() return s:listen() end)
  show(function() return s:accept() end)
  show(function() return s:getpeername() end)
  show(function() return s:bind({"192.0.2.1", 0}) end)
end

-- A connected socket hears that nobody is there (the port is taken, by one who listens to another).
do
  local deaf <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  deaf:bind({"127.0.0.1", 0})
  deaf:connect({"127.0.0.1", 9})
  s:connect(deaf:getsockname())
  s:settimeout(5)
  show(function() return s:send("anyone?") end)
  show(function() return s:recv(10) end)
end
