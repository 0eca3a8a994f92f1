-- An echo server whose clients do as they like; what it has counted is told on a second port.
local idle = tonumber(arg[1])
local listener = socket.create_server({"127.0.0.1", 0}, {backlog = 4096})
local control = socket.create_server {"127.0.0.1", 0}
local open, received, sent, resets, timeouts, ends = 0, 0, 0, 0, 0, 0

local function serve(conn)
  conn:settimeout(idle)
  while true do
    local ok, data = pcall(conn.recv, conn, 65536)
    if not ok then
      if data:is(socket.timeout) then timeouts = timeouts + 1 else resets = resets + 1 end
      break
    end
    if data == "" then ends = ends + 1 break end
    received = received + #data
    local ok, e = pcall(conn.sendall, conn, data)
    if not ok then
      sent = sent + (e.sent or 0)
      if e:is(socket.timeout) then timeouts = timeouts + 1 else resets = resets + 1 end
      break
    end
    sent = sent + #data
  end
  conn:close()
  open = open - 1
end

task.spawn(function()
  while true do
    local conn = listener:accept()
    open = open + 1
    task.spawn(serve, conn)
  end
end)

print(listener:getsockname().port, control:getsockname().port)
io.stdout:flush()
while true do
  local asker <close> = control:accept()
  collectgarbage() collectgarbage()
  asker:sendall(string.format("%d %d %d %d %d %d %d\n", open, received, sent, resets, timeouts, ends,
    math.floor(collectgarbage("count"))))
end
