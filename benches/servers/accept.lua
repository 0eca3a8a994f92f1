-- Prints its port, accepts and closes.
local server = socket.create_server({"", 0}, {backlog = 4096})
print(server:getsockname().port)
io.stdout:flush()
while true do
  server:accept():close()
end
