-- An HTTPS client: asks for a page and prints its status and how it begins.
--
--   wirescript examples/lua/https_client.lua [HOST] [PORT]      (localhost, 443)
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "localhost"
local PORT = tonumber(sys.argv[3] or 443)
local AUTHORITY = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/ca.pem"

local context = ssl.create_default_context()            -- trusts what the system trusts
context:load_verify_locations(AUTHORITY)                -- and the authority of these examples
context:set_alpn_protocols({"http/1.1"})
do local s <close> = context:wrap_socket(socket.create_connection({HOST, PORT}), {server_hostname = HOST})
  s:sendall(("GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"):format(HOST))
  local body
  do local f <close> = s:makefile("rb")
    print((f:readline():gsub("%s+$", "")))
    local length = 0
    for line in f:lines() do
      if line == "\r\n" then break end
      local name, value = line:match("^([^:]+): *(.-)%s*$")
      if name:lower() == "content-length" then length = tonumber(value) end
    end
    body = f:read(length)
  end
  print(#body, repr(body:sub(1, 20)))
end

-- Prints:
-- HTTP/1.1 200 OK
-- 15 b'Hello over TLS\n'
