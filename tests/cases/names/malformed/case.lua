-- Names that are none, before anybody is asked.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e:is("TypeError") and "" or e.message)
  end
end

-- The kernel would take it.
show(function() return socket.sethostname("a\0b") end)
-- Any address is one of each family.
show(function() return socket.gethostbyaddr("") end)
local numeric = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for _, host in ipairs {("x"):rep(64), ("x"):rep(64) .. ".org", "a..b", ".a", "."} do
  show(function() return socket.getaddrinfo(host, 80) end)
  show(function() return socket.gethostbyname(host) end)
end
show(function() return socket.create_connection({"a..b", 80}) end)
show(function() return socket.getaddrinfo(("x"):rep(63) .. ".", 80, 0, 0, 0, socket.AI_NUMERICHOST) end)
-- A number is no bool for a service, though it is elsewhere.
show(function() return socket.getaddrinfo("127.0.0.1", true) end)
show(function() return socket.getnameinfo({"127.0.0.1", "80"}, numeric) end)
show(function() return socket.getnameinfo({nil, 80}, numeric) end)
show(function() return socket.getnameinfo({"127.0.0.1"}, numeric) end)
show(function() return socket.getnameinfo({"::1", 80, 0, 0, 0}, numeric) end)
show(function() return socket.getnameinfo({"127.0.0.1", 80, 0}, numeric) end)
show(function() return socket.getnameinfo({"::1", 80, 1 << 20}, numeric) end)
show(function() return socket.getservbyport(65536) end)
-- The zone is the tuple's, also where the host names one.
print(table.concat({socket.getnameinfo({"fe80::1%lo", 80}, numeric)}, " "))
print(table.concat({socket.getnameinfo({"fe80::1", 80, 0, 1}, numeric)}, " "))
