-- Families and protocols the kernel refuses.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name, e.errno, e.strerror)
  end
end

show(function() socket.socket(999) end)
show(function() socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP) end)
show(function() socket.socketpair(socket.AF_INET6) end)
show(function() socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM, 99) end)
