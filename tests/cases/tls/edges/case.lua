-- Certificates and names that are nearly right.
local function kind(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and "fine " .. repr(e) or e.name)
end

local a, b = socket.socketpair()
local pem = "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
print(repr(ssl.PEM_cert_to_DER_cert(pem:format("!QU\nJD*"))))
for _, data in ipairs {"QQ=", "QUJDQ"} do
  local ok, e = pcall(ssl.PEM_cert_to_DER_cert, pem:format(data))
  print(e.message)
end
print(repr(ssl.cert_time_to_seconds("Jan  5 09:34:43 2018 gmt")))
kind(function() return ssl.create_default_context():wrap_socket(a, {server_hostname="a\0b"}) end)
