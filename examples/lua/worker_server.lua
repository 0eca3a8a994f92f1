-- One listening port, served by two threads: each with a duplicate of one listener, then each with its own (SO_REUSEPORT).
--
--   wirescript examples/lua/worker_server.lua
--
local socket = require "socket"
local worker = require "worker"

-- It runs in the workers' own machines: what it needs comes as arguments.
local function serve(port, ready, listener)
  listener = listener or socket.create_server({"127.0.0.1", port}, {reuse_port = true})
  ready:send(true)
  while true do
    local conn = listener:accept()
    local data = conn:recv(1024)
    conn:sendall(data:upper())
    conn:close()
  end
end

local function ask(port, text)
  local s = socket.create_connection({"127.0.0.1", port})
  s:sendall(text)
  print(s:recv(1024))
  s:close()
end

for _, how in ipairs {"passed", "reused"} do
  local main = socket.create_server({"127.0.0.1", 0}, {reuse_port = how == "reused"})
  local port, ready, workers = main:getsockname().port, worker.channel(), {}
  for i = 1, 2 do
    workers[i] = worker.spawn(serve, port, ready, how == "passed" and main:dup() or nil)
    ready:recv()
  end
  main:close()
  for i = 1, 4 do
    ask(port, how .. " " .. i)
  end
  for _, w in ipairs(workers) do
    w:stop()
  end
end

-- Prints:
-- PASSED 1
-- PASSED 2
-- PASSED 3
-- PASSED 4
-- REUSED 1
-- REUSED 2
-- REUSED 3
-- REUSED 4
