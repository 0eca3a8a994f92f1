-- Prints its port and sends back what it gets, one connection after the other.
local server = socket.create_server({"127.0.0.1", 0})
print(server:getsockname().port)
io.stdout:flush()
while true do
  local c <close> = server:accept()
  while true do
    local data = c:recv(64)
    if data == "" then break end
    c:send(data)
  end
end
