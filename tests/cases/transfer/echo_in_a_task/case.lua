-- A server that waits in another thread (a task, in a script).
local socket = require "socket"
local task = require "task"

local server = socket.create_server({"127.0.0.1", 0})
local seen = {}

local function serve()
  local conn <close>, addr = server:accept()
  while true do
    local data = conn:recv(1024)
    if data == "" then
      break
    end
    seen[#seen + 1] = data
    conn:sendall(data:upper())
  end
end

local t = task.spawn(serve)
do
  local c <close> = socket.create_connection(server:getsockname())
  for _, word in ipairs {"alpha", "beta", "gamma"} do
    c:sendall(word)
    print(repr(c:recv(1024)))
  end
end
t:join()
server:close()
print(#seen, repr(seen[1]), repr(seen[3]))
