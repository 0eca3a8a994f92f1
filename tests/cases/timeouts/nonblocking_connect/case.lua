-- A connection made without waiting: begun, then there, then there already.
local errno = require "errno"
local socket = require "socket"

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  do
    local s <close> = socket.socket()
    s:setblocking(false)
    local ok, e = pcall(function()
      s:connect(server:getsockname())
    end)
    print(e.name, errno.errorcode[e.errno], e.strerror)
    local conn, addr = server:accept()
    print(s:getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    print(s:connect_ex(server:getsockname()))
    print(errno.errorcode[s:connect_ex(server:getsockname())])
    conn:sendall("hello")
    s:settimeout(5)
    print(repr(s:recv(10)))
    conn:close()
  end

  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
  print(errno.errorcode[s:connect_ex(server:getsockname())])
end
