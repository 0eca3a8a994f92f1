-- Lists of tuples print as such; a number that is no member has no name.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, e.message)
  end
end

print(repr(socket.if_nameindex()[1]))
print(repr(socket.gethostname) .. " " .. repr(repr(socket):find("<module 'socket'", 1, true) == 1))
local one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one:bind {"127.0.0.1", 0}
one:setsockopt(socket.IPPROTO_IP, 12, 1)
one:setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
one:sendto("x", one:getsockname())
local data, ancdata, flags, address = one:recvmsg(10, 100)
print(repr(ancdata))
one:close()
show(function() return socket.AddressFamily(999) end)
show(function() return socket.SocketKind(2049) end)
