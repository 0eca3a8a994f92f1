task.group(function()
  local listener <close> = socket.create_server({"127.0.0.1", 0})
  local address = listener:getsockname()
  task.spawn(function()
    local conn <close> = listener:accept()
    conn:setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while true do
      local data = conn:recv(4096)
      if #data == 0 then break end
      conn:sendall(data)
    end
  end)
  local s <close> = socket.create_connection(address)
  s:settimeout(30)
  s:sendall(DATA:sub(1, 5))
  s:sendall(DATA:sub(6))
  s:shutdown(socket.SHUT_WR)
  assert(s:getpeername() == address)
  while true do
    local data = s:recv(700)
    if #data == 0 then break end
    got(data)
  end
end)
