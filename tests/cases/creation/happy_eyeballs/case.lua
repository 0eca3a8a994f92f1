-- Addresses that race come to the same end.
local socket = require "socket"

local address
do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  address = server:getsockname()
  for _, host in ipairs({"127.0.0.1", "localhost"}) do
    local s <close> = socket.create_connection({host, address[2]}, {timeout = 10, happy_eyeballs_delay = 0.25})
    local peer, own = server:accept()
    print(repr(s:getpeername() == address) .. " " .. repr(s:getsockname() == own) .. " " .. repr(s:gettimeout()) .. " " ..
      repr(s.family == socket.AF_INET))
    s:sendall("hello")
    print(repr(peer:recv(10)))
    peer:close()
  end
end
local ok, e = pcall(socket.create_connection, address, {happy_eyeballs_delay = 0.25})
print(e.name .. " " .. e.errno)
