-- A server in classes that serves its connections at the same time, each in a task, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/threading_server.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: two_at_once.lua
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)

local Upper = socketserver.class(socketserver.BaseRequestHandler)
function Upper:handle()                       -- in a task of its own
  while true do
    local data = self.request:recv(1024)
    if data == "" then break end
    print("received", repr(data))
    self.request:sendall(data:upper())
  end
end

local Server = socketserver.class(socketserver.ThreadingMixIn, socketserver.TCPServer)   -- as ThreadingTCPServer
Server.allow_reuse_address = true
Server.daemon_threads = true

local server <close> = Server({HOST, PORT}, Upper)
server:serve_forever()

-- Prints:
-- received b'second'
-- received b'first'
-- received b'goodbye'
