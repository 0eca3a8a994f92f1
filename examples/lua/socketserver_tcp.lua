-- A TCP server in classes: a handler is made for each connection, one after the other, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/socketserver_tcp.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: socketserver_tcp_client.lua
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)

local Upper = socketserver.class(socketserver.StreamRequestHandler)
function Upper:handle()                       -- called for each connection
  print("connected from", self.client_address)
  for line in self.rfile:lines() do           -- rfile and wfile are files made of the connection
    print("received", repr(line))
    self.wfile:write(line:upper())
  end
end

socketserver.TCPServer.allow_reuse_address = true
local server <close> = socketserver.TCPServer({HOST, PORT}, Upper)
server:serve_forever()                        -- until interrupted

-- Prints:
-- connected from <address>
-- received b'hello\n'
-- received b'goodbye\n'
