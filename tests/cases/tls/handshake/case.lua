local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"

local function server(name)
  local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
  c:load_cert_chain(CERTS .. (name or "localhost") .. ".pem")
  return c
end

local function pair(sc, cc, host)
  local a, b = socket.socketpair()
  local t = task.spawn(function() return sc:wrap_socket(b, {server_side = true}) end)
  local s = cc:wrap_socket(a, {server_hostname = host or "localhost"})
  return s, t:join()
end

local function show(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = type(parts[i]) == "string" and parts[i] or repr(parts[i]) end
  print(table.concat(parts, " "))
end

local sc = server()
sc:set_alpn_protocols({"h2", "echo/1"})
local cc = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
cc:set_alpn_protocols({"echo/1", "other"})
local s, p = pair(sc, cc)
show(s:version(), p:version(), s:selected_alpn_protocol(), p:selected_alpn_protocol())
show(s.server_side, p.server_side, s.server_hostname, p.server_hostname)
show(s.context == cc, p.context == sc)
show(p:getpeercert(), p:getpeercert(true))
local cert = s:getpeercert()
for _, key in ipairs({"subject", "issuer", "version", "notBefore", "notAfter", "subjectAltName"}) do
  show(key, cert[key])
end
show(#cert.serialNumber > 0, #s:getpeercert(true) > 300)
show(s:compression(), s.session_reused, s:pending())
local name, version, bits = s:cipher()
local same = p:cipher()
show(("('%s', %d)"):format(version, bits), name == same)
s:sendall("over")
print(repr(p:recv(100)))
p:close()
s:close()

-- Names that the certificate has, in other forms.
for _, host in ipairs({"127.0.0.1", "::1", "LOCALHOST", "www.example.test"}) do
  local s, p = pair(sc, cc, host)
  show(host, s.server_hostname, s:version())
  s:close()
  p:close()
end

-- Versions.
for _, range in ipairs({{"TLSv1_2", "TLSv1_2"}, {"TLSv1_3", "TLSv1_3"}, {"TLSv1_2", "TLSv1_3"}}) do
  local c = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
  c.minimum_version = ssl.TLSVersion[range[1]]
  c.maximum_version = ssl.TLSVersion[range[2]]
  local s, p = pair(sc, c)
  show(s:version(), s:selected_alpn_protocol())
  s:close()
  p:close()
end

-- A client with a certificate.
local strict = server()
strict.verify_mode = ssl.CERT_REQUIRED
strict:load_verify_locations(CERTS .. "ca.pem")
local known = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
known:load_cert_chain(CERTS .. "client.pem")
local s, p = pair(strict, known)
show(p:getpeercert().subject)
s:close()
p:close()

-- No verification: the certificate is told as bytes only.
local blind = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
blind.check_hostname = false
blind.verify_mode = ssl.CERT_NONE
local s, p = pair(server("stranger"), blind, "any.example.test")
-- An empty table: Lua's have no other form.
show(next(s:getpeercert()) == nil and "{}", #s:getpeercert(true) > 300)
s:close()
p:close()
