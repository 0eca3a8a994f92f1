-- The documented outline of a TCP client, made runnable: two messages, two answers.
--
--   wirescript examples/lua/tcp_client.lua [HOST] [PORT]      (127.0.0.1, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local cs = socket.socket()                        -- create the client's socket
cs:connect({HOST, PORT})                          -- connect to the server
for _, data in ipairs {"hello", "goodbye"} do     -- the conversation
  cs:sendall(data)
  print(repr(cs:recv(1024)))
end
cs:close()                                        -- close the client's socket

-- Prints:
-- b'[hello]'
-- b'[goodbye]'
