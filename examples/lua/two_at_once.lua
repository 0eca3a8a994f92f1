-- Two connections to a server that serves them at the same time: threading_server, forking_server or selectors_server, in
-- any language. The one that came first waits, and the other is answered.
--
--   wirescript examples/lua/two_at_once.lua [HOST] [PORT]      (127.0.0.1, 50007)
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)
local first <close> = socket.create_connection({HOST, PORT})
local second <close> = socket.create_connection({HOST, PORT})
second:sendall("second")                      -- the first one is there, and says nothing yet
print(repr(second:recv(1024)))
first:sendall("first")
print(repr(first:recv(1024)))
second:sendall("goodbye")
print(repr(second:recv(1024)))

-- Prints:
-- b'SECOND'
-- b'FIRST'
-- b'GOODBYE'
