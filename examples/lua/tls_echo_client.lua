-- A TLS echo client: says hello, prints what comes back and whom it was talking to.
--
--   wirescript examples/lua/tls_echo_client.lua [HOST] [PORT]      (127.0.0.1, 50443)
--
-- The name in the certificate must be localhost, whatever address the server has.
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50443)
local AUTHORITY = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/ca.pem"

local context = ssl.create_default_context({cafile = AUTHORITY})
do local s <close> = context:wrap_socket(socket.create_connection({HOST, PORT}), {server_hostname = "localhost"})
  s:sendall("Hello, world")
  print("Received", repr(s:recv(1024)))
  print(s:version(), repr(s:getpeercert().subject))
end

-- Prints:
-- Received b'Hello, world'
-- TLSv1.3 ((('commonName', 'localhost'),),)
