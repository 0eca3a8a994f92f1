-- The last line of a traceback, for errors of every kind.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print((tostring(e):match("^[^\n]*")))
  end
end

local a, b = socket.socketpair()
a:settimeout(0)
show(function() a:recv(1) end)
a:settimeout(0.01)
show(function() a:recv(1) end)
a:close()
show(function() a:recv(1) end)
show(function() b:send("x") end)
b:close()
show(function() socket.getaddrinfo("127.0.0.1", "no-such-service") end)
show(function() socket.inet_aton("not an address") end)
show(function() socket.inet_ntop(socket.AF_INET, "123") end)
show(function() socket.socket(socket.AF_UNIX):connect("no-such-file") end)
