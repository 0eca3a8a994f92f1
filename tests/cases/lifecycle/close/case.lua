-- close: once or often; afterwards there is no descriptor and every call says so.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, e.errno, e.strerror)
  end
end

local s = socket.socket()
s:settimeout(3)
print(repr(s:close()) .. " " .. repr(s:close()))
print(s:fileno())
print(s.family .. " " .. s.type .. " " .. s.proto .. " " .. repr(s:gettimeout()))
show(function() return s:recv(1) end)
show(function() return s:recvfrom(1) end)
show(function() return s:recv_into(bytearray(1)) end)
show(function() return s:send("x") end)
show(function() return s:sendall("x") end)
show(function() return s:sendto("x", {"127.0.0.1", 9}) end)
show(function() return s:bind({"127.0.0.1", 0}) end)
show(function() return s:listen() end)
show(function() return s:accept() end)
show(function() return s:connect({"127.0.0.1", 9}) end)
show(function() return s:connect_ex({"127.0.0.1", 9}) end)
show(function() return s:getsockname() end)
show(function() return s:getpeername() end)
show(function() return s:shutdown(socket.SHUT_RDWR) end)
show(function() return s:dup() end)
show(function() return s:setblocking(false) end)
show(function() return s:get_inheritable() end)
show(function() return s:detach() end)
