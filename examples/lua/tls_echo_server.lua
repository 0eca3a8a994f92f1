-- A TLS echo server: serves one connection, sends back what arrives, ends.
--
--   wirescript examples/lua/tls_echo_server.lua [HOST] [PORT]      (127.0.0.1, 50443)
--
-- Its certificate is for localhost and signed by examples/certificates/ca.pem, which the clients trust.
-- Pair: tls_echo_client.lua
-- Pair: certificate_report.lua
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50443)
local CERTIFICATE = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/localhost.pem"

local context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context:load_cert_chain(CERTIFICATE)
do local server <close> = socket.create_server({HOST, PORT})
  local conn, addr = server:accept()
  do local conn <close> = context:wrap_socket(conn, {server_side = true})
    print("Connected by", addr, conn:version())
    while true do
      local data = conn:recv(1024)
      if data == "" then break end
      conn:sendall(data)
    end
  end
end

-- Prints:
-- Connected by <address> TLSv1.3
