-- A server as a tutorial has it, with its slips: it ends with an error as soon as a client connects. chat_server.lua is
-- the one that works.
--
--   wirescript examples/lua/chat_server_documented.lua [HOST] [PORT]      (127.0.0.1, 9999)
--
-- 1. socket.recv: receiving is a method of the connection, conn:recv, and no function of the module. The error tells.
-- 2. An end of the stream is not looked for: the loop would go on for ever with no data.
-- 3. socketServer:send: the listening socket is connected to nobody, conn is.
-- 4. bytes(data,bufsize): the second argument is an encoding, not a size; a call of bytes is bytes.encode here.
-- 5. encode stands after send, whose result is a number.
--
-- Args: 127.0.0.1 <port>
-- Visited: the test connects to it
-- Raises: attempt to call a nil value (field 'recv'). 'recv' is a method of socket objects
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
    local data = bytes.decode(socket.recv(bufsize), "utf-8")
    print(string.format("client post data : %s ", data))
    bytes.encode(socketServer:send(bytes.encode(data, bufsize)), "utf-8")
  end
end
socketServer:close()

-- Prints:
