-- A client as a tutorial has it, with its slips: it ends with an error at once. chat_client.lua is the one that works.
--
--   wirescript examples/lua/chat_client_documented.lua
--
-- 1. connect has no address: ipAddr is never used. The error tells.
-- 2. conn would be nil: connect returns nothing, client is the connection.
-- 3. The loop has no end: at the end of the input (Ctrl-D) input raises EOFError, and close is never reached.
-- 4. When the server is gone, recv returns no data: the client would show an empty answer.
--
-- Raises: TypeError: socket.connect() missing required argument 'address' (pos 1)
local socket = require "socket"
local ipAddr = {"127.0.0.1", 9999}
local client = socket.socket()
local conn = client:connect()
print("socket service connection ....")

while true do
  local input_str = input(">>>")
  if #input_str == 0 then goto continue end
  client:send(bytes.encode(input_str, "utf-8"))
  do
    local respones = client:recv(1024)
    print(string.format("service respones %s", bytes.decode(respones, "utf-8")))
  end
  ::continue::
end
client:close()

-- Prints:
