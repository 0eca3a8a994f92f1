-- Random bytes, and names of the module that stand for numbers and texts.
local ssl = require "ssl"

local function show(f)
  local ok, e = pcall(f)
  print(ok and repr(e) or e.name .. " " .. e.message)
end

show(function() return #ssl.RAND_bytes(16) end)
show(function() return #ssl.RAND_bytes(0) end)
show(function() return ssl.RAND_bytes(16) == ssl.RAND_bytes(16) end)
show(function() return ssl.RAND_bytes(-1) end)
show(function() return ssl.RAND_status() end)
print(ssl.PEM_HEADER .. " " .. ssl.PEM_FOOTER)
print(ssl.ALERT_DESCRIPTION_UNKNOWN_CA .. " " .. ssl.AlertDescription.ALERT_DESCRIPTION_UNKNOWN_CA)
print(ssl.OP_IGNORE_UNEXPECTED_EOF .. " " .. ssl.Options.OP_NO_TLSv1_2)
print(ssl.VERIFY_ALLOW_PROXY_CERTS .. " " .. ssl.VerifyFlags.VERIFY_X509_STRICT)
print(ssl.SSL_ERROR_INVALID_ERROR_CODE .. " " .. ssl.SSLErrorNumber.SSL_ERROR_EOF)
local context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
for _, name in ipairs {"load_cert_chain", "load_verify_locations"} do
  local _, e = pcall(context[name], context, "missing.pem")
  print(e.name .. " " .. e.message .. " " .. repr(e.filename))
end
