local CERTS = sys.argv[1]:match("^(.*)/") .. "/../../../certificates/"
local sc = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
sc:load_cert_chain(CERTS .. "localhost.pem")
local cc = ssl.create_default_context({cafile = CERTS .. "ca.pem"})

local function pair(a, b, suppress)
  local t = task.spawn(function() return sc:wrap_socket(b, {server_side = true}) end)
  local s = cc:wrap_socket(a, {server_hostname = "localhost", suppress_ragged_eofs = suppress})
  return s, t:join()
end

-- Plain text, then TLS, then plain text.
local a, b = socket.socketpair()
a:sendall("STARTTLS\r\n")
print(repr(b:recv(100)))
local s, p = pair(a, b)
print(a:fileno() .. " " .. b:fileno())
s:sendall("secret")
print(repr(p:recv(3)) .. " " .. repr(p:recv(100)))
local t = task.spawn(function() p:unwrap() end)
local plain = s:unwrap()
t:join()
print(repr(s:version()) .. " " .. repr(p:version()))
plain:sendall("plain again")
print(repr(p:recv(100)))
s:close()
p:close()

-- The methods that move bytes.
local s, p = pair(socket.socketpair())
print(s:send("12345") .. " " .. s:write("678"))
local buffer = bytearray(6)
print(p:recv_into(buffer, 3) .. " " .. repr(buffer))
print(repr(p:read(2)) .. " " .. p:pending())
local rest = p:recv(100)
while #rest < 3 do rest = rest .. p:recv(100) end
print(repr(rest))
print(s:send(""))
local f, g = s:makefile("w"), p:makefile("r")
f:write("one\ntwo\n")
f:flush()
local function line() return "'" .. g:readline():gsub("\n", "\\n") .. "'" end
print(line() .. " " .. line())
local data = {}
for n = 0, 255 do data[#data + 1] = string.char(n) end
data = table.concat(data):rep(2000)
local t = task.spawn(function() s:sendall(data) end)
local got = {}
local length = 0
while length < #data do
  local part = p:recv(20000)
  got[#got + 1], length = part, length + #part
end
t:join()
print(repr(table.concat(got) == data))

-- Timeouts, and what comes after.
p:settimeout(0.05)
local ok, e = pcall(p.recv, p, 10)
print(e.name .. " " .. e.message)
p:settimeout(0)
local ok, e = pcall(p.recv, p, 10)
print(e.name .. " " .. e.errno .. " " .. repr(e:is("OSError")))
p:settimeout(5)
s:sendall("later")
print(repr(p:recv(10)))
p:sendall("and back")
print(repr(s:recv(10)))
f:close()
g:close()
s:close()
print(repr(p:recv(10)))
p:close()

-- An end without a goodbye; a peer that closes with something unread resets the connection, which is an end as well.
for _, suppress in ipairs({true, false}) do
  local a, b = socket.socketpair()
  local s, p = pair(a, b, suppress)
  local raw = socket.socket({fileno = p:detach()})
  raw:close()
  local ok, result = pcall(s.recv, s, 10)
  print(ok and repr(result) or result.name .. " " .. result.errno .. " " .. result.reason)
  s:close()
end
for _, suppress in ipairs({true, false}) do
  local a, b = socket.socketpair()
  local s, p = pair(a, b, suppress)
  s:sendall("unread")
  local raw = socket.socket({fileno = p:detach()})
  raw:close()
  for _, call in ipairs({function() return s:recv(10) end, function() return s:send("x") end}) do
    local ok, result = pcall(call)
    print(ok and repr(result) or result.name .. " " .. result.errno .. " " .. (result.reason or "None"))
  end
  s:close()
end
