-- Parameters that are given by name only.
local socket = require "socket"
local ssl = require "ssl"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name .. " " .. repr(e.message:find("positional argument", 1, true) ~= nil))
  end
end

show(function() socket.create_server({"127.0.0.1", 0}, socket.AF_INET) end)
show(function() socket.create_server({"127.0.0.1", 0}, socket.AF_INET, 5, false, false) end)
show(function() socket.create_server({"127.0.0.1", 0}, {family = socket.AF_INET, backlog = 5}):close() end)
show(function() socket.create_connection({"127.0.0.1", 9}, 1, nil, true) end)
local a, b = socket.socketpair()
show(function() a:makefile("r", nil, "utf-8") end)
show(function() a:makefile("r", nil, {encoding = "utf-8"}):close() end)
show(function() ssl.create_default_context(ssl.Purpose.SERVER_AUTH, nil) end)
show(function() ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) end)
a:close()
b:close()
