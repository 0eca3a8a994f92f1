-- A server in classes on a Unix socket, until interrupted (Ctrl-C).
--
--   wirescript examples/lua/socketserver_unix.lua [NAME]      (upper: a name for both, in Linux's abstract name space)
--
-- Pair: socketserver_unix_client.lua <unix>
-- Ends: interrupted
local socketserver = require "socketserver"
local sys = require "sys"

local NAME = sys.argv[2] or "upper"

local Upper = socketserver.class(socketserver.StreamRequestHandler)
function Upper:handle()
  for line in self.rfile:lines() do
    print("received", repr(line))
    self.wfile:write(line:upper())
  end
end

local server <close> = socketserver.UnixStreamServer("\0" .. NAME, Upper)   -- an abstract name: no file is made
server:serve_forever()

-- Prints:
-- received b'hello\n'
-- received b'goodbye\n'
