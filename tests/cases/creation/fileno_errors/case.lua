-- A descriptor that is no socket, or none at all.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name, repr(e.errno))
  end
end

show(function() socket.socket({fileno = 12345}) end)
show(function() socket.socket({fileno = -5}) end)
show(function() socket.socket({fileno = 0}) end)
show(function() socket.socket({fileno = "3"}) end)
show(function() socket.dup(12345) end)
show(function() socket.close(12345) end)
show(function() socket.fromfd(12345, socket.AF_INET, socket.SOCK_STREAM) end)
