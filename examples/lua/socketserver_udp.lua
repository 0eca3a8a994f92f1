-- A UDP server in classes: a handler is made for each datagram, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/socketserver_udp.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Pair: socketserver_udp_client.lua
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)

local Upper = socketserver.class(socketserver.DatagramRequestHandler)
function Upper:handle()                       -- called for each datagram
  local data = self.rfile:read()              -- rfile has what came
  print("received", repr(data), "from", self.client_address)
  self.wfile:write(data:upper())              -- wfile is sent when handle is done
end

local server <close> = socketserver.UDPServer({HOST, PORT}, Upper)
server:serve_forever()                        -- until interrupted

-- Prints:
-- received b'hello' from <address>
-- received b'goodbye' from <address>
