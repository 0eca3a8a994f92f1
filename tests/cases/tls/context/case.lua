local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"

local function attempt(f)
  local ok, result = pcall(f)
  if not ok then result = result.name .. " " .. tostring(result):match("^%w+: ([^\n]*)") end
  print(result)
end

local function assign(c, name, value)
  c[name] = value
  return "ok"
end

local function show(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = repr(parts[i]) end
  print(table.concat(parts, " "))
end

local client, server = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
local default = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
for _, c in ipairs({client, server, default}) do
  show(c.protocol, c.check_hostname, c.verify_mode, c.minimum_version, c.maximum_version)
end
show(ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).verify_mode)

-- Rules between the settings.
attempt(function() return assign(client, "verify_mode", ssl.CERT_NONE) end)
client.check_hostname = false
attempt(function() return assign(client, "verify_mode", ssl.CERT_NONE) end)
attempt(function() return assign(client, "check_hostname", true) end)
show(client.check_hostname, client.verify_mode)
attempt(function() return assign(client, "verify_mode", 7) end)
client.minimum_version = ssl.TLSVersion.TLSv1_3
show(client.minimum_version)

-- Certificates: what was loaded, and what cannot be.
local function stats(c)
  local s = c:cert_store_stats()
  print(("{'x509': %d, 'crl': %d, 'x509_ca': %d}"):format(s.x509, s.crl, s.x509_ca))
end
stats(default)
print("[" .. repr(default:get_ca_certs()[1].subject) .. "]")
attempt(function() return client:load_verify_locations() end)
local f <close> = io.open(CERTS .. "ca.pem")
local text = f:read("a")
client:load_verify_locations({cadata = text})
stats(client)
client:load_verify_locations({cadata = ssl.PEM_cert_to_DER_cert(text)})
stats(client)
show(ssl.DER_cert_to_PEM_cert(ssl.PEM_cert_to_DER_cert(text)) == text)

-- What makes no sense together.
local a, b = socket.socketpair()
attempt(function() return client:wrap_socket(a) end)
attempt(function() return client:wrap_socket(a, {server_side = true, server_hostname = "x"}) end)
attempt(function() return client:wrap_socket(a, {server_hostname = ""}) end)
attempt(function() return client:wrap_socket(socket.socket(socket.AF_INET, socket.SOCK_DGRAM), {server_hostname = "x"}) end)
show(a:fileno() >= 0)
a:close()
b:close()
