-- Too few and too many arguments.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name)
  end
end

local s = socket.socket()
for _, name in ipairs {"bind", "connect", "connect_ex", "recv", "recvfrom", "recv_into", "recvfrom_into", "send", "sendall", "sendto",
                       "getsockopt", "setsockopt", "settimeout", "setblocking", "set_inheritable", "shutdown"} do
  show(function() s[name](s) end)
end
for _, name in ipairs {"accept", "close", "detach", "dup", "fileno", "getpeername", "getsockname", "gettimeout", "getblocking", "get_inheritable"} do
  show(function() s[name](s, 1) end)
end
show(function() s:recv(1, 2, 3) end)
show(function() s:sendto("x") end)
show(function() s:sendto("x", 0, {"127.0.0.1", 9}, 1) end)
show(function() s:listen(1, 2) end)
print(repr(s:fileno() > 2))
for _, name in ipairs {"create_connection", "create_server", "fromfd", "close", "getaddrinfo", "setdefaulttimeout", "inet_aton", "inet_ntoa",
                       "inet_pton", "inet_ntop"} do
  show(function() socket[name]() end)
end
show(function() socket.gethostname(1) end)
show(function() socket.getdefaulttimeout(1) end)
show(function() socket.socket(1, 2, 3, 4, 5) end)
show(function() socket.inet_aton("127.0.0.1", 1) end)
s:close()
