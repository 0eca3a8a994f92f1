-- A send that opens the connection, on a blocking socket, while something else runs.
local server = socket.create_server({"127.0.0.1", 0})
local got = {}

local function serve()
  local connection <close> = server:accept()
  while true do
    local data = connection:recv(100)
    if data == "" then break end
    got[#got + 1] = data
  end
end

for _, by_message in ipairs({false, true}) do
  local other = task.spawn(serve)
  do
    local s <close> = socket.socket()
    if by_message then
      print(s:sendmsg({"hel", "lo"}, {}, socket.MSG_FASTOPEN, server:getsockname()))
    else
      print(s:sendto("hello", socket.MSG_FASTOPEN, server:getsockname()))
    end
  end
  other:join()
end
print(repr(table.concat(got)))
server:close()
