-- Arguments by name; names that do not exist, and names given twice.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name)
  end
end

do
  local s <close> = socket.socket({family = socket.AF_INET6, type = socket.SOCK_DGRAM, proto = socket.IPPROTO_UDP})
  print(s.family, s.type, s.proto)
end
do
  local s <close> = socket.socket(socket.AF_UNIX, {type = socket.SOCK_DGRAM})
  print(s.family, s.type, s.proto)
end
for _, res in ipairs(socket.getaddrinfo({host = "127.0.0.1", port = 80, type = socket.SOCK_STREAM, flags = 0})) do
  print(res[5])
end
do
  local server <close> = socket.create_server({address = {"127.0.0.1", 0}, backlog = 1})
  local c <close> = socket.create_connection({address = server:getsockname(), timeout = 1.5})
  print(c:gettimeout())
end
local a, b = socket.socketpair({family = socket.AF_UNIX, type = socket.SOCK_DGRAM})
print(a.family, b.type)
a:close()
b:close()
show(function() socket.socket({families = 1}) end)
show(function() socket.socket(socket.AF_INET, {family = socket.AF_INET}) end)
show(function() socket.getaddrinfo("127.0.0.1", 80, {sort = 1}) end)
show(function() socket.create_server({"127.0.0.1", 0}, {back_log = 5}) end)
show(function() socket.create_connection({"127.0.0.1", 9}, {address = {"127.0.0.1", 9}}) end)
show(function() socket.getaddrinfo({port = 80}) end)
