-- create_server says which address it could not have.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    local text = e.message:gsub("', %d+", "', PORT")
    print(e.name, repr(e.errno), text)
  end
end

do
  local s <close> = socket.create_server({"127.0.0.1", 0})
  local taken = s:getsockname()
  show(function() socket.create_server(taken) end)
end
show(function() socket.create_server({"192.0.2.1", 0}) end)
show(function() socket.create_server({"127.0.0.1", 0}, {dualstack_ipv6 = true}) end)
