-- SO_RCVTIMEO: the kernel's own timeout ends a blocking call as one that would block; a dup and an adopted socket have it too.
local socket = require "socket"

local LIMIT = ("\0"):rep(8) .. "\x10\x27" .. ("\0"):rep(6)

local function show(f)
  local results = table.pack(pcall(f))
  local e = results[2]
  if results[1] then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.message)
  end
end

local a, b = socket.socketpair()
a:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
show(function() return a:recv(10) end)
show(function() return a:recv_into(bytearray(4)) end)
show(function() return a:recvmsg(10) end)
b:send("abc")
show(function() return a:recv(10) end)
local copy = a:dup()
show(function() return copy:recv(10) end)
local adopted = socket.socket {fileno = copy:detach()}
show(function() return adopted:recvfrom(10) end)
-- A timeout of the socket's own takes its place, and none gives it back.
a:settimeout(0.01)
show(function() return a:recv(10) end)
a:settimeout(nil)
-- Another task lives meanwhile, so this wait does not block the thread.
local idle = task.spawn(function() pcall(task.sleep, 60) end)
show(function() return a:recv(10) end)
idle:cancel()
idle:join()
a:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, ("\0"):rep(16))
b:close()
show(function() return a:recv(10) end)

local server = socket.create_server({"127.0.0.1", 0})
server:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
show(function() return server:accept() end)
local client = socket.create_connection(server:getsockname())
local taken = server:accept()
show(function() return taken:recv(10) end)

local one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one:setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
one:shutdown(socket.SHUT_RDWR)
show(function() return one:recv(10) end)
