-- A Unix socket at a path: the address is the path.
local socket = require "socket"

do
  local server <close> = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
  print(repr(server:getsockname()))
  server:bind("stream.sock")
  print(server:getsockname())
  server:listen()
  do
    local c <close> = socket.socket(socket.AF_UNIX)
    c:connect("stream.sock")
    local conn, addr = server:accept()
    print(repr(addr))
    print(repr(c:getsockname()), c:getpeername())
    print(conn:getsockname(), repr(conn:getpeername()))
    c:sendall("over a path")
    print(repr(conn:recv(100)))
    conn:close()
    print(repr(c:recv(100)))
  end
  local ok, e = pcall(function()
    local s <close> = socket.socket(socket.AF_UNIX)
    s:bind("stream.sock")
  end)
  print(e.name, e.errno, e.strerror)
end
os.remove("stream.sock")
