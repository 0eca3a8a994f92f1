task.group(function()
  local listener <close> = socket.socket(socket.AF_UNIX)
  listener:bind("")
  listener:listen()
  task.spawn(function()
    local conn <close> = listener:accept()
    local r, w = socket.socketpair()
    socket.send_fds(conn, {"go"}, {r:fileno()})
    r:close()
    w:sendall(DATA)
    w:close()
    assert(conn:recv(10) == "")
  end)
  local s <close> = socket.socket(socket.AF_UNIX)
  s:connect(listener:getsockname())
  local word, fds
  local keep <close> = setmetatable({}, {__close = function() if fds then pcall(socket.close, fds[1]) end end})
  word, fds = socket.recv_fds(s, 10, 1)
  assert(word == "go" and #fds == 1)
  local r = socket.socket({fileno = fds[1]})
  fds = nil
  while true do
    local data = r:recv(1000)
    if #data == 0 then break end
    got(data)
  end
  r:close()
end)
