local channel = task.channel(1)
local a, b = socket.socketpair()
task.group(function()
  task.spawn(function()
    for at = 1, #DATA, 500 do
      task.sleep(0.0001)
      channel:send(DATA:sub(at, at + 499))
    end
    channel:close()
  end)
  task.spawn(function()
    while true do
      local ok, part = pcall(channel.recv, channel)
      if not ok then break end
      a:sendall(part)
    end
    a:close()
  end)
  local ok, e = pcall(task.timeout, 0.0001, task.sleep, 30)
  assert(not ok and (e:is(socket.timeout) or e.errno), tostring(e))
  while true do
    local data = b:recv(1000)
    if #data == 0 then break end
    got(data)
  end
  b:close()
end)
