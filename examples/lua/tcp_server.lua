-- The documented outline of a TCP server, made runnable: one client after the other, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/tcp_server.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: tcp_client.lua
-- Ends: interrupted
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local ss = socket.socket()                -- create the server's socket
ss:bind({HOST, PORT})                     -- bind it to an address
ss:listen()                               -- listen for connections
while true do                             -- the server's endless loop
  local cs, addr = ss:accept()            -- accept: gives a socket for this client
  print("connected from", addr)
  while true do                           -- the conversation
    local data = cs:recv(1024)
    if data == "" then break end
    print("received", repr(data))
    cs:sendall("[" .. data .. "]")
  end
  cs:close()                              -- close the client's socket
end
ss:close()                                -- close the server's socket

-- Prints:
-- connected from <address>
-- received b'hello'
-- received b'goodbye'
