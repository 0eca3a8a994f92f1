-- Prints its port and sends back what it gets, a task for each connection.
local server = socket.create_server({"", 0}, {backlog = 4096})
print(server:getsockname().port)
io.stdout:flush()

local function echo(c)
  while true do
    local data = c:recv(4096)
    if data == "" then break end
    c:sendall(data)
  end
  c:close()
end

while true do
  task.spawn(echo, (server:accept()))
end
