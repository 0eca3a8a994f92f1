-- The tutorial's server, corrected: sends back what one client says, and ends with it.
--
--   wirescript examples/lua/chat_server.lua [HOST] [PORT]      (127.0.0.1, 9999)
--
-- The numbers are those of the slips in chat_server_documented.lua.
--
-- Pair: chat_client.lua
local socket = require "socket"
local sys = require "sys"
local bufsize = 1024
local ipAddr = {sys.argv[2] or "127.0.0.1", tonumber(sys.argv[3] or 9999)}
-- create the server's socket
local socketServer = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0)
socketServer:bind(ipAddr)
socketServer:listen(5)
local conn, addr = socketServer:accept()
if conn then
  while true do
    local data = bytes.decode(conn:recv(bufsize), "utf-8")  -- 1: the connection receives
    if data == "" then break end                            -- 2: the client has closed
    print(string.format("client post data : %s ", data))
    conn:sendall(bytes.encode(data, "utf-8"))               -- 3, 4, 5: the connection sends, the text is encoded first
  end
  conn:close()
end
socketServer:close()

-- Prints:
-- client post data : hello 
-- client post data : olá 
