-- Without waiting: everything that would block raises BlockingIOError.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, e.errno, e.message)
  end
end

local a, b = socket.socketpair()
b:setblocking(false)
show(function() return b:recv(10) end)
show(function() return b:recvfrom(10) end)
show(function() return b:recv_into(bytearray(10)) end)
show(function() return b:recvfrom_into(bytearray(10)) end)
a:sendall("data")
show(function() return b:recv(10) end)
a:close()
show(function() return b:recv(10) end)
b:close()

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  server:setblocking(false)
  show(function() return server:accept() end)
end

do
  local u <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  u:bind({"127.0.0.1", 0})
  u:setblocking(false)
  show(function() return u:recvfrom(10) end)
end
