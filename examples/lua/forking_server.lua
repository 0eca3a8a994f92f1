-- A server in classes that serves its connections at the same time, each in a process, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/forking_server.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: two_at_once.lua
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)

local Upper = socketserver.class(socketserver.BaseRequestHandler)
function Upper:handle()                       -- in a process of its own
  while true do
    local data = self.request:recv(1024)
    if data == "" then break end
    self.server.count = self.server.count + 1 -- nobody else sees this
    print("received", repr(data), "number", self.server.count)
    io.flush()
    self.request:sendall(data:upper())
  end
end

local Server = socketserver.class(socketserver.ForkingMixIn, socketserver.TCPServer)   -- as ForkingTCPServer
Server.allow_reuse_address = true
Server.count = 0

local server <close> = Server({HOST, PORT}, Upper)
server:serve_forever()

-- Prints:
-- received b'second' number 1
-- received b'first' number 1
-- received b'goodbye' number 2
