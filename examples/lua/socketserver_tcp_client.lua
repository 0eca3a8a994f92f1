-- A client of socketserver_tcp, in any language: sends two lines and prints the answers.
--
--   wirescript examples/lua/socketserver_tcp_client.lua [HOST] [PORT]      (127.0.0.1, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local s <close> = socket.create_connection({HOST, PORT})
local f = s:makefile("rb")
for _, line in ipairs {"hello\n", "goodbye\n"} do
  s:sendall(line)
  print(repr(f:readline()))
end

-- Prints:
-- b'HELLO\n'
-- b'GOODBYE\n'
