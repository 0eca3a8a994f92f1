-- A relay between two streams: both ways, the end of one passed on to the other.
local socket = require "socket"
local task = require "task"

local function talk(client, server)
  client:sendall("a question")
  print("server " .. repr(server:recv(100)))
  server:sendall("an answer")
  print("client " .. repr(client:recv(100)))
  client:shutdown(socket.SHUT_WR)
  print("server " .. repr(server:recv(100)))
  server:sendall("more after the end")
  print("client " .. repr(client:recv(100)))
  server:close()
  print("client " .. repr(client:recv(100)))
end

for _, tapped in ipairs({false, true}) do
  local client, a = socket.socketpair()
  local b, server = socket.socketpair()
  local seen = {a = "", b = ""}
  local function tap(side, data)
    seen[side] = seen[side] .. data
  end
  local talking = task.spawn(talk, client, server)
  local there, back
  if tapped then
    there, back = socket.relay(a, b, {tap = tap})
  else
    there, back = socket.relay(a, b)
  end
  talking:join()
  print("moved (" .. there .. ", " .. back .. ")")
  print(repr(seen.a) .. " " .. repr(seen.b))
  for _, s in ipairs({client, a, b}) do s:close() end
end
