-- work.lua COUNT: prints its port, and answers each message after a calculation of a millisecond or more. So many workers
-- share the port, each with a listener of its own: the kernel deals the connections out.
local function serve(port, ready)
  local listener = socket.create_server({"", port}, {backlog = 4096, reuse_port = true})
  ready:send(true)
  local function answer(c)
    while true do
      local data = c:recv(64)
      if data == "" then break end
      local x = 0
      for i = 1, 250000 do x = (x * 31 + i) & 0xffffffff end
      c:sendall(data)
    end
    c:close()
  end
  while true do task.spawn(answer, (listener:accept())) end
end

-- Holds the port until the workers have it.
local first = socket.create_server({"", 0}, {reuse_port = true})
local port, ready = first:getsockname().port, worker.channel()
for _ = 1, tonumber(arg[1]) do
  worker.spawn(serve, port, ready)
  ready:recv()
end
first:close()
print(port)
io.stdout:flush()
