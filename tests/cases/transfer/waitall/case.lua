-- MSG_WAITALL waits for all of it on a blocking stream, whoever else runs, and for the end.
local function dribble(sock, pieces)
  for _, piece in ipairs(pieces) do
    sock:sendall(piece)
    time.sleep(0.01)
  end
  sock:shutdown(socket.SHUT_WR)
end

local function begin(...)
  local a, b = socket.socketpair()
  return a, b, task.spawn(dribble, a, {...})
end

local a, b, t = begin("d", "efg", "h", "ijk")
print(repr(b:recv(4, socket.MSG_WAITALL)))
local buffer = bytearray(3)
print(b:recv_into(buffer, 3, socket.MSG_WAITALL) .. " " .. repr(buffer))
print(repr(b:recv(10, socket.MSG_WAITALL)) .. " " .. repr(b:recv(10, socket.MSG_WAITALL)))
t:join()
a:close()
b:close()
a, b, t = begin(("x"):rep(100000), ("y"):rep(100000), ("z"):rep(300000))
local data = b:recv(400000, socket.MSG_WAITALL)
print(#data .. " " .. select(2, data:gsub("z", "")) .. " " .. #b:recv(400000, socket.MSG_WAITALL))
t:join()
a:close()
b:close()
-- With a timeout the socket does not block, and takes what is there.
a, b, t = begin("one", "two")
b:settimeout(5)
print(repr(b:recv(6, socket.MSG_WAITALL)))
t:join()
a:close()
b:close()
