do
  local f <close> = open(PATH, "wb")
  f:write(DATA)
end
local a, b = socket.socketpair()
task.group(function()
  task.spawn(function()
    local f <close> = open(PATH, "rb")
    a:sendfile(f)
    a:close()
  end)
  while true do
    local data = b:recv(1000)
    if #data == 0 then break end
    got(data)
  end
  b:close()
end)
