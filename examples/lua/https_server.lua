-- An HTTPS server that answers one request. The listener is wrapped: every connection it accepts speaks TLS.
--
--   wirescript examples/lua/https_server.lua [HOST] [PORT]      (127.0.0.1, 8443)
--
-- For a look at it from outside: curl --cacert examples/certificates/ca.pem https://localhost:8443/
-- Pair: https_client.lua
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 8443)
local CERTIFICATE = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/localhost.pem"

local context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context:load_cert_chain(CERTIFICATE)
context:set_alpn_protocols({"http/1.1"})
do local server <close> = context:wrap_socket(socket.create_server({HOST, PORT}), {server_side = true})
  local conn <close> = server:accept()     -- shakes hands
  local f <close> = conn:makefile("rw", {newline = ""})
  print(conn:selected_alpn_protocol(), (f:readline():gsub("%s+$", "")))
  while f:readline() ~= "\r\n" do end
  local body = "Hello over TLS\n"
  f:write(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"):format(#body, body))
end

-- Prints:
-- http/1.1 GET / HTTP/1.1
