-- A server in classes for datagrams on a Unix socket, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/socketserver_unix_datagram.lua [NAME]      (upper: a name in Linux's abstract name space)
--
-- Pair: socketserver_unix_datagram_client.lua <unix>
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local NAME = sys.argv[2] or "upper"

local Upper = socketserver.class(socketserver.BaseRequestHandler)
function Upper:handle()
  local data, sock = table.unpack(self.request)   -- the datagram, and the server's socket
  print("received", repr(data))
  sock:sendto(data:upper(), self.client_address)
end

local server <close> = socketserver.UnixDatagramServer("\0" .. NAME, Upper)
server:serve_forever()

-- Prints:
-- received b'hello'
-- received b'goodbye'
