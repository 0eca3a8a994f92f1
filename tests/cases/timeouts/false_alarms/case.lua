-- A descriptor that is ready all the time, for something else than the call is after: the deadline holds all the same.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.message)
  end
end

-- A stream that never was connected has hung up; its error queue stays empty.
local s = socket.socket()
s:settimeout(0.02)
show(function() return s:recv(10, socket.MSG_ERRQUEUE) end)
show(function() return s:recvmsg(10, 0, socket.MSG_ERRQUEUE) end)
-- The kernel does not wait for the error queue, whatever the mode.
s:settimeout(nil)
show(function() return s:recv(10, socket.MSG_ERRQUEUE) end)
s:close()

-- Another task lives from here on, so waits do not block the thread.
local idle = task.spawn(function() pcall(task.sleep, 60) end)
local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u:settimeout(0.02)
show(function() return u:recv(10, socket.MSG_ERRQUEUE) end)
u:settimeout(nil)
show(function() return u:recv(10, socket.MSG_ERRQUEUE) end)
u:close()

-- The end of a datagram socket that was shut down: only a blocking call is told.
local a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a:shutdown(socket.SHUT_RDWR)
show(function() return a:recv(10) end)
a:settimeout(0.02)
show(function() return a:recv(10) end)
idle:cancel()
