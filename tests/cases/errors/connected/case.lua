-- A socket that is connected is not connected again, whoever else runs.
local t = task.spawn(time.sleep, 0.3)
time.sleep(0)
local listener = socket.create_server({"127.0.0.1", 0})
local c = socket.socket()
c:connect(listener:getsockname())
for _ = 1, 2 do
  local ok, e = pcall(c.connect, c, listener:getsockname())
  print(ok and "connected" or e.errno .. " " .. e.strerror)
end
print(c:connect_ex(listener:getsockname()))
t:join()
c:close()
listener:close()
