local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"

local function told(e) return e.name .. " " .. (e.errno or "None") .. " " .. (e.reason or "None") end

local function meets(title, data, server_side, ends)
  local a, b = socket.socketpair()
  a:settimeout(0.2)
  b:sendall(data)
  if ends then b:shutdown(socket.SHUT_WR) end
  local c
  if server_side then
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c:load_cert_chain(CERTS .. "localhost.pem")
  else
    c = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
  end
  local options = {server_side = server_side, server_hostname = not server_side and "localhost" or nil}
  local ok, e = pcall(c.wrap_socket, c, a, options)
  print(title .. " " .. (ok and "connected" or told(e)))
  a:close()
  b:close()
end

local function attempt(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and "None" or e.name .. " " .. (e.reason or "None"))
end

meets("garbage for a client", "garbage instead of a hello", false)
meets("garbage for a server", "garbage instead of a hello", true)
meets("HTTP for a server", "GET / HTTP/1.0\r\n\r\n", true)
meets("nothing, then the end, for a client", "", false, true)
meets("nothing, then the end, for a server", "", true, true)
meets("half a record for a server", "\x16\x03\x01\x02\x00\x01", true, true)
meets("half a record for a client", "\x16\x03\x03\x02\x00\x02", false, true)
meets("silence for a client", "", false)
meets("silence for a server", "", true)
meets("half a record, then silence", "\x16\x03\x01\x02\x00\x01", true)

-- After the handshake.
local function breaks(title, data)
  local server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
  server:load_cert_chain(CERTS .. "localhost.pem")
  local client = ssl.create_default_context({cafile = CERTS .. "ca.pem"})
  local a, b = socket.socketpair()
  local t = task.spawn(function() return server:wrap_socket(b, {server_side = true}) end)
  local s = client:wrap_socket(a, {server_hostname = "localhost", suppress_ragged_eofs = false})
  local raw = socket.socket({fileno = t:join():detach()})
  raw:sendall(data)
  raw:close()
  local ok, e = pcall(s.recv, s, 100)
  print(title .. " " .. (ok and repr(e) or told(e)))
  s:close()
end

breaks("a record cut in the middle", "\x17\x03\x03\x01\x00half of it")
breaks("a head cut in the middle", "\x17\x03")
breaks("a record that nobody has encrypted", "\x17\x03\x03\x00\x20" .. ("x"):rep(32))
breaks("garbage in between", "GARBAGE GARBAGE GARBAGE")

-- Files that are not what they should be.
local c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
attempt(c.load_cert_chain, c, CERTS .. "localhost.pem", CERTS .. "client.pem")
attempt(c.load_cert_chain, c, "missing.pem")
do local f <close> = io.open("junk.pem", "w")
  f:write("junk\n")
end
attempt(c.load_verify_locations, c, "junk.pem")
do local f <close> = io.open("half.pem", "w")
  f:write("-----BEGIN CERTIFICATE-----\nMIIB\n")
end
attempt(c.load_verify_locations, c, "half.pem")
