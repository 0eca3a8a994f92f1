-- accept with a timeout; the accepted socket blocks all the same.
local socket = require "socket"

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  server:settimeout(0.05)
  local ok, e = pcall(function()
    server:accept()
  end)
  print(e.name, e.message)
  do
    local c <close> = socket.create_connection(server:getsockname())
    local conn, addr = server:accept()
    print(repr(server:gettimeout()) .. " " .. repr(conn:gettimeout()) .. " " .. repr(conn:getblocking()))
    conn:close()
  end
  server:setblocking(false)
  do
    local c <close> = socket.create_connection(server:getsockname())
    local conn, addr = server:accept()
    print(repr(server:gettimeout()) .. " " .. repr(conn:gettimeout()) .. " " .. repr(conn:getblocking()))
    conn:close()
  end
end
