-- Names of addresses, and the interfaces of this machine.
local socket = require "socket"


local function show(f, ...)
  local ok, e = pcall(f, ...)
  if ok then
    print(e)
  else
    print(e.name)
  end
end

local NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for _, address in ipairs {{"127.0.0.1", 80}, {"::1", 80, 0, 0}, {"127.0.0.1", 0}} do
  local host, service = socket.getnameinfo(address, NUMERIC)
  print(host .. " " .. service)
end
local host, service = socket.getnameinfo({"127.0.0.1", 80}, socket.NI_NUMERICHOST)
print(host .. " " .. service)
show(socket.getnameinfo, {"localhost", 80}, NUMERIC)
show(socket.getnameinfo, 5, NUMERIC)
show(socket.getnameinfo, {"127.0.0.1", 80, 0, 0}, NUMERIC)
print(socket.if_indextoname(1) .. " " .. socket.if_nametoindex("lo"))
local index, name = table.unpack(socket.if_nameindex()[1])
print(index .. " " .. name)
show(socket.if_nametoindex, "no-such-if")
show(socket.if_indextoname, 99999)
