-- The tutorial's client, corrected: sends each line you type and shows the answer; Ctrl-D ends it.
--
--   wirescript examples/lua/chat_client.lua [HOST] [PORT]      (127.0.0.1, 9999)
--
-- The numbers are those of the slips in chat_client_documented.lua.
--
-- Input: hello
-- Input:
-- Input: olá
local socket = require "socket"
local sys = require "sys"
local ipAddr = {sys.argv[2] or "127.0.0.1", tonumber(sys.argv[3] or 9999)}
local client = socket.socket()
client:connect(ipAddr)                            -- 1, 2: the address is given, nothing is returned
print("socket service connection ....")

while true do
  local ok, input_str = pcall(input, ">>>")
  if not ok then
    if input_str:is("EOFError") then break end    -- 3: the input has ended
    error(input_str)
  end
  if #input_str == 0 then goto continue end
  client:send(bytes.encode(input_str, "utf-8"))
  do
    local respones = client:recv(1024)
    if respones == "" then break end              -- 4: the server has closed
    print(string.format("service respones %s", bytes.decode(respones, "utf-8")))
  end
  ::continue::
end
client:close()

-- Prints:
-- socket service connection ....
-- >>>service respones hello
-- >>>>>>service respones olá
-- >>>
