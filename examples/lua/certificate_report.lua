-- A report on the certificate that a TLS server shows, and whether it can be believed.
--
--   wirescript examples/lua/certificate_report.lua [HOST] [PORT]      (127.0.0.1, 50443)
--
-- It trusts what the system trusts, and the authority of these examples.
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50443)
local AUTHORITY = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/ca.pem"

local context = ssl.create_default_context()
context:load_verify_locations(AUTHORITY)
local ok, e = pcall(function()
  local s <close> = context:wrap_socket(socket.create_connection({HOST, PORT}), {server_hostname = HOST})
  local cert = s:getpeercert()
  print("protocol", s:version())
  for _, entry in ipairs({{"subject", cert.subject}, {"issuer", cert.issuer}}) do
    for _, part in ipairs(entry[2]) do
      for _, pair in ipairs(part) do
        print(entry[1], pair[1], pair[2])
      end
    end
  end
  print("valid from", cert.notBefore)
  print("valid until", cert.notAfter)
  for _, pair in ipairs(cert.subjectAltName) do
    print("for", pair[1], pair[2])
  end
end)
if not ok then
  if not e:is(ssl.SSLCertVerificationError) then error(e) end
  print("not to be believed:", e.verify_message)
end

-- Prints:
-- protocol TLSv1.3
-- subject commonName localhost
-- issuer commonName wirescript example authority
-- issuer organizationName wirescript
-- valid from Jan  1 00:00:00 2020 GMT
-- valid until Jan  1 00:00:00 2120 GMT
-- for DNS localhost
-- for DNS *.example.test
-- for IP Address 127.0.0.1
-- for IP Address 0:0:0:0:0:0:0:1
