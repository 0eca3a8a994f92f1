-- Unix sockets print their paths.
local socket = require "socket"

local function show(s)
  print((repr(s):gsub("fd=%d+", "fd=N")))
end

local a, b = socket.socketpair()
show(a)
show(b)
a:close()
b:close()

do
  local server <close> = socket.socket(socket.AF_UNIX)
  server:bind("printed.sock")
  server:listen()
  show(server)
  local kept
  do
    local c <close> = socket.socket(socket.AF_UNIX)
    kept = c
    c:connect("printed.sock")
    show(c)
    local conn, addr = server:accept()
    show(conn)
    conn:close()
  end
  show(kept)
end
os.remove("printed.sock")
