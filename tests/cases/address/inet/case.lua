-- An IPv4 address: a pair that prints and indexes as Python's.
local socket = require "socket"

do
  local s <close> = socket.socket()
  s:bind({"127.0.0.1", 0})
  local addr = s:getsockname()
  local host, port = table.unpack(addr)
  print((tostring(addr):gsub(", %d+", ", PORT")))
  print((repr(addr):gsub(", %d+", ", PORT")))
  print(#addr, host, repr(port > 0))
  print(repr(addr.host == host) .. " " .. repr(addr.port == port))
end

do
  local s <close> = socket.socket()
  print(s:getsockname())
  s:bind({"", 0})
  print(s:getsockname()[1])
end
