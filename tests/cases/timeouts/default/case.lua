-- The default timeout: what new sockets begin with, accepted ones too.
local socket = require "socket"

print(repr(socket.getdefaulttimeout()))
print(repr(socket.setdefaulttimeout(2)))
print(repr(socket.getdefaulttimeout()))

do
  local s <close> = socket.socket()
  print(repr(s:gettimeout()))
end
local a, b = socket.socketpair()
print(repr(a:gettimeout()) .. " " .. repr(b:gettimeout()))
local c = a:dup()
print(repr(c:gettimeout()))
local d = socket.fromfd(a:fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
print(repr(d:gettimeout()))
for _, s in ipairs {a, b, c, d} do
  s:close()
end

do
  local server <close> = socket.create_server({"127.0.0.1", 0})
  do
    local c <close> = socket.create_connection(server:getsockname(), {timeout = 7})
    local conn, addr = server:accept()
    print(repr(server:gettimeout()) .. " " .. repr(c:gettimeout()) .. " " .. repr(conn:gettimeout()))
    conn:close()
  end
  do
    local c <close> = socket.create_connection(server:getsockname())
    print(repr(c:gettimeout()))
  end
end

socket.setdefaulttimeout(0)
do
  local s <close> = socket.socket()
  print(repr(s:gettimeout()) .. " " .. repr(s:getblocking()))
end
socket.setdefaulttimeout(nil)
do
  local s <close> = socket.socket()
  print(repr(s:gettimeout()) .. " " .. repr(s:getblocking()))
end
