-- Refused, reset, broken, not connected, connected twice: each its own class.
local errno = require "errno"
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    local strerror = e.strerror:gsub(" %(while.*", "")
    print(e.name, e.errno, strerror)
  end
end

local deaf = socket.socket()
deaf:bind({"127.0.0.1", 0})
local s = socket.socket()
show(function() return s:recv(1) end)
show(function() return s:getpeername() end)
show(function() return s:connect(deaf:getsockname()) end)
print(errno.errorcode[s:connect_ex(deaf:getsockname())])
s:close()
deaf:close()

local server = socket.create_server({"127.0.0.1", 0})
local c = socket.create_connection(server:getsockname())
local conn, addr = server:accept()
show(function() return c:connect(server:getsockname()) end)
show(function() return c:accept() end)
show(function() return c:listen() end)
-- Closing with a linger of zero seconds resets the connection.
conn:setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, string.pack("ii", 1, 0))
conn:close()
show(function() return c:recv(10) end)
show(function() return c:recv(10) end)
show(function() return c:send("x") end)
c:close()
show(function() return socket.create_server(server:getsockname()):close() end)
server:close()
