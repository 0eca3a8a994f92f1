-- A client of socketserver_unix, in any language: sends two lines and prints the answers.
--
--   wirescript examples/lua/socketserver_unix_client.lua [NAME]      (upper)
local socket = require "socket"
local sys = require "sys"

local NAME = sys.argv[2] or "upper"
local s <close> = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
s:connect("\0" .. NAME)
local f = s:makefile("rb")
for _, line in ipairs {"hello\n", "goodbye\n"} do
  s:sendall(line)
  print(repr(f:readline()))
end

-- Prints:
-- b'HELLO\n'
-- b'GOODBYE\n'
