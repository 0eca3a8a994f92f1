#!/usr/bin/env wirescript
-- Reports on the certificate that a TLS server shows: whose it is, who signed it, until when, and whether it can be believed.
local USAGE = [=[
usage: certificate.lua [--cafile FILE] [--name NAME] [--days N] [--timeout SECONDS] HOST[:PORT]

  PORT                 443
  --cafile FILE        trust the authorities in this file alone, and not the system's
  --name NAME          the name to ask for and to look for in the certificate, where it is not HOST
  --days N             complain of a certificate that ends within so many days (14)
  --timeout SECONDS    how long each wait may take (10)

Exit status: 0 for a certificate that can be believed, 1 for one that cannot or that ends soon, 2 for wrong usage or no TLS at all.
]=]

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local given = {days = "14", timeout = "10"}
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    local option = word:match("^%-%-(%l+)$")
    if word == "-h" or option == "help" then
      io.write(USAGE)
      sys.exit(0)
    elseif option == "cafile" or option == "name" or option == "days" or option == "timeout" then
      i = i + 1
      given[option] = words[i] or fail(2, USAGE)
    elseif word:sub(1, 1) == "-" or given.server then
      fail(2, USAGE)
    else
      given.server = word
    end
    i = i + 1
  end
end
local days, timeout = tonumber(given.days), tonumber(given.timeout)
if not given.server or not days or not timeout then fail(2, USAGE) end
local host, port = given.server:match("^%[(.-)%]:?(%d*)$")
if not host then host, port = given.server:match("^([^:]+):(%d+)$") end
host, port = host or given.server, tonumber(port) or 443
local name = given.name or host

local function connect(context)
  return context:wrap_socket(socket.create_connection({host, port}, timeout), {server_hostname = name})
end

-- What a distinguished name says, as one line.
local function flat(names)
  local parts = {}
  for _, part in ipairs(names) do
    for _, pair in ipairs(part) do parts[#parts + 1] = pair[1] .. "=" .. pair[2] end
  end
  return table.concat(parts, ", ")
end

local function report(s)
  local cert = s:getpeercert()
  local protocol, cipher = s:version(), s:cipher()
  print("connection  " .. protocol .. ", " .. cipher)
  print("subject     " .. flat(cert.subject))
  print("issuer      " .. flat(cert.issuer))
  local names = {}
  for _, pair in ipairs(cert.subjectAltName or {}) do names[#names + 1] = pair[2] end
  print("names       " .. table.concat(names, ", "))
  print("serial      " .. cert.serialNumber)
  print("valid from  " .. cert.notBefore)
  print("valid until " .. cert.notAfter)
  return (ssl.cert_time_to_seconds(cert.notAfter) - time.time()) / 86400
end

local context = ssl.create_default_context({purpose = ssl.Purpose.SERVER_AUTH, cafile = given.cafile})
local ok, s = pcall(connect, context)
if ok then
  local left = report(s)
  s:close()
  print(("verdict     good, for %d days more"):format(left // 1))
  if left < days then fail(1, ("it ends in less than %g days\n"):format(days)) end
  sys.exit(0)
end
local problem = s
if type(problem) == "string" or not problem:is(ssl.SSLCertVerificationError) then
  fail(2, ("%s: %s\n"):format(given.server, tostring(problem):match("^[^\n]*")))
end
-- Once more, believing everything, to be able to say what it shows.
local blind = ssl.create_default_context()
blind.check_hostname = false
blind.verify_mode = ssl.CERT_NONE
local ok, s = pcall(connect, blind)
if ok then
  local shown = s:getpeercert(true)
  s:close()
  -- Trusting what it has shown, for this report alone, makes its description readable.
  local own = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
  own.check_hostname = false
  own.verify_flags = own.verify_flags | ssl.VERIFY_X509_PARTIAL_CHAIN
  own:load_verify_locations({cadata = shown})
  local ok, s = pcall(connect, own)
  if ok then
    report(s)
    s:close()
  else
    print("certificate of " .. #shown .. " bytes")
  end
end
print("verdict     NOT to be believed: " .. problem.verify_message)
sys.exit(1)
