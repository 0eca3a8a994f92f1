-- listen: with and without a backlog, twice, and accepting in order.
local socket = require "socket"

do
  local s <close> = socket.socket()
  s:bind({"127.0.0.1", 0})
  print(s:getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
  print(repr(s:listen()) .. " " .. repr(s:listen(5)) .. " " .. repr(s:listen(-1)) .. " " .. repr(s:listen(0)) .. " " .. repr(s:listen(8)))
  print(s:getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
  local clients = {}
  for i = 0, 2 do
    local c = socket.create_connection(s:getsockname())
    c:sendall(string.format("client %d", i))
    clients[#clients + 1] = c
  end
  for _, c in ipairs(clients) do
    local conn, addr = s:accept()
    print(repr(conn:recv(100)) .. " " .. repr(addr == c:getsockname()))
    print(conn.family .. " " .. conn.type .. " " .. repr(conn:getblocking()))
    conn:close()
    c:close()
  end
end

-- A listener that was never bound gets a port of its own.
do
  local s <close> = socket.socket()
  s:listen()
  print(s:getsockname()[1] .. " " .. repr(s:getsockname()[2] > 0))
end
