-- create_server makes its socket before it looks at the address; create_connection binds in the family it tries.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    e:close()
    print("made")
  else
    print(e.name, repr(e.errno), e.message)
  end
end

show(function() return socket.create_server({"127.0.0.1", 0}, {family = 99}) end)
show(function() return socket.create_server({"127.0.0.1", 0}, {family = socket.AF_UNIX, reuse_port = true}) end)
show(function() return socket.create_server({"::1", 0}) end)
show(function() return socket.create_server({"192.0.2.77", 0}) end)
show(function() return socket.create_server({"", 0}, {family = socket.AF_INET6}) end)

local server = socket.create_server({"::1", 0}, {family = socket.AF_INET6})
local there = {"::1", server:getsockname()[2]}
show(function() return socket.create_connection(there, {source_address = {"", 0}}) end)
show(function() return socket.create_connection(there, {source_address = {"::1", 0}}) end)
show(function() return socket.create_connection(there, {source_address = {"::1", 0, 0, 0}}) end)
show(function() return socket.create_connection(there, {source_address = {"127.0.0.1", 0}}) end)
server:close()
server = socket.create_server({"127.0.0.1", 0})
there = server:getsockname()
show(function() return socket.create_connection(there, {source_address = {"", 0}}) end)
show(function() return socket.create_connection(there, {source_address = {"127.0.0.2", 0}}) end)
server:close()
