-- Returned addresses compare by value and can be given back.
local socket = require "socket"

do
  local s <close> = socket.create_server({"127.0.0.1", 0})
  local address = s:getsockname()
  print(repr(address == s:getsockname()))
  local c = socket.socket()
  c:connect(address)
  local conn, peer = s:accept()
  print(repr(peer == c:getsockname()) .. " " .. repr(conn:getsockname() == address))
  print(repr(c:getpeername() == address) .. " " .. repr(conn:getpeername() == peer))
  print(repr(peer == address) .. " " .. repr(peer ~= address))
  print(repr(address == {"127.0.0.1", address[2]}) .. " " .. repr({"127.0.0.1", address[2]} == address))
  print(repr(address == {"127.0.0.1", 0}) .. " " .. repr(address == {"127.0.0.1"}) .. " " .. repr(address ~= {"localhost", address[2]}))
  c:close()
  conn:close()
end
