local parts = worker.channel()
local a, b = socket.socketpair()
local w = worker.spawn(function(s, parts)
  s:sendall(parts:recv())
  s:close()
  return "done"
end, a, parts)
parts:send(DATA)
while true do
  local data = b:recv(1000)
  if #data == 0 then break end
  got(data)
end
assert(w:join() == "done")
b:close()
