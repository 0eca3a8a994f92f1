-- Options that do not exist, lengths that cannot be, the form without a value.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), repr(e.strerror == nil))
  end
end

local s = socket.socket()
show(function() return s:getsockopt(socket.SOL_SOCKET, 9999) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, 9999, 1) end)
show(function() return s:getsockopt(12345, 1) end)
show(function() return s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 1025) end)
show(function() return s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, -1) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, "") end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, nil, 4) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, nil) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1, 4) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1.5) end)
show(function() return s:setsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 1) end)
s:close()
show(function() return s:getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) end)
