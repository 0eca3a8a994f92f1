-- Where several things are wrong, which is told; and kinds that are taken for others.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno))
  end
end

local s = socket.socket()
show(function() return s:listen(nil) end)
show(function() return s:set_inheritable(1 << 40) end)
show(function() return s:settimeout(true) end)
show(function() return s:gettimeout() end)
-- Addresses are read before buffers and control data, kinds before ranges.
show(function() return s:sendmsg({"x"}, {{"x", 1, ""}}, 0, {"127.0.0.1", 65536}) end)
show(function() return s:sendmsg({5}, {}, 0, {"127.0.0.1", 65536}) end)
local six = socket.socket(socket.AF_INET6)
show(function() return six:connect({"::1", 65536, "x"}) end)
show(function() return six:connect({"::1", 65536, 1 << 20}) end)
show(function() return six:connect({"::1", 1, 1 << 20}) end)
six:close()
local u = socket.socket(socket.AF_UNIX)
show(function() return u:bind({"path"}) end)
u:close()
s:close()
-- A closed socket: what needs no descriptor is checked before it.
show(function() return s:getsockopt(1, 2, -1) end)
show(function() return s:getsockopt(1, 2, 1025) end)
show(function() return s:getsockopt(1, 2) end)
show(function() return s:settimeout(7) end)
show(function() return s:gettimeout() end)
show(function() return s:setblocking(false) end)
show(function() return s:getblocking() end)
-- A host that is no name, before a service that is none.
show(function() return socket.getaddrinfo(".", {}) end)
