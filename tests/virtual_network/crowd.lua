-- A server and three workers that talk to it, and a crowd of datagrams of which faults lose some.
local server <close> = socket.create_server({"127.0.0.1", 0})
local port = server:getsockname()[2]
local heard = worker.channel()
local workers = {}
for number = 1, 3 do
  workers[number] = worker.spawn(function(port, number, heard)
    task.sleep(number * 0.1)
    local c <close> = socket.create_connection({"127.0.0.1", port})
    for round = 1, 3 do
      c:sendall(("worker %d, round %d"):format(number, round))
      heard:send(("%.6f worker %d heard %s"):format(time.time(), number, c:recv(100)))
      task.sleep(0.05)
    end
    return number
  end, port, number, heard)
end
task.spawn(function()
  for _ = 1, 3 do
    local c = server:accept()
    task.spawn(function()
      local data = c:recv(100)
      while #data > 0 do
        c:sendall(data:upper())
        data = c:recv(100)
      end
      c:close()
    end)
  end
end)
for _ = 1, 9 do print(heard:recv()) end
for number = 1, 3 do print(workers[number]:join()) end

local inbox <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
inbox:bind({"127.0.0.1", 0})
inbox:settimeout(1)
local sender = task.spawn(function()
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  for number = 1, 20 do
    s:sendto(tostring(number), inbox:getsockname())
    task.sleep(0.01)
  end
end)
local come = {}
while true do
  local ok, data = pcall(inbox.recv, inbox, 10)
  if not ok then break end
  come[#come + 1] = data
end
sender:join()
print(table.concat(come, " "))
