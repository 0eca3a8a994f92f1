-- Prints its port, shakes hands with whoever comes and sends back what it gets, once; a task for each connection.
local context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context:load_cert_chain(sys.argv[2])
local listener = socket.create_server({"127.0.0.1", 0}, {backlog = 4096})
print(listener:getsockname().port)
io.stdout:flush()

local function serve(connection)
  local s <close> = context:wrap_socket(connection, {server_side = true})
  s:sendall(s:recv(64))
end

-- Clients that leave in the middle, as all do at the end, are no news.
while true do
  task.spawn(pcall, serve, (listener:accept()))
end
