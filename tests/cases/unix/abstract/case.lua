-- Names that are no files: chosen by the script (after a NUL byte), or by the kernel.
local socket = require "socket"

local unique = os.tmpname()
os.remove(unique)
local name = "\0wirescript case " .. unique
do
  local server <close> = socket.socket(socket.AF_UNIX)
  server:bind(name)
  server:listen()
  print(repr(server:getsockname()):sub(1, 22))
  do
    local c <close> = socket.socket(socket.AF_UNIX)
    c:connect(name)
    local conn, addr = server:accept()
    print(repr(c:getpeername() == server:getsockname()) .. " " .. repr(addr))
    c:sendall("abstract")
    print(repr(conn:recv(100)))
    conn:close()
  end
  local s <close> = socket.socket(socket.AF_UNIX)
  local ok, e = pcall(function()
    s:bind(name)
  end)
  print(e.errno, e.strerror)
end

do
  local s <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  s:bind("")
  print(repr(s:getsockname()):sub(1, 6), #repr(s:getsockname()))
  local c <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
  c:connect(s:getsockname())
  c:send("found you")
  print(repr(s:recv(100)))
end
