-- create_connection: timeout, source address, either family.
local socket = require "socket"

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  local address = server:getsockname()

  do
    local c <close> = socket.create_connection(address)
    print(c.family .. " " .. c.type .. " " .. repr(c:gettimeout()))
    print(repr(c:getpeername() == address))
    local conn = server:accept()
    conn:close()
  end

  do
    local c <close> = socket.create_connection(address, 5)
    print(c:gettimeout())
    local conn = server:accept()
    conn:close()
  end

  do
    local c <close> = socket.create_connection(address, {timeout = 2.5, source_address = {"127.0.0.2", 0}})
    print(c:gettimeout(), c:getsockname()[1])
    local conn, peer = server:accept()
    print(peer[1], repr(conn:gettimeout()))
    conn:close()
  end
end

do
  local server <close> = socket.create_server({"::1", 0}, {family = socket.AF_INET6})
  local host, port = table.unpack(server:getsockname())
  local c <close> = socket.create_connection({host, port})
  print(c.family, c:getpeername()[1])
end
