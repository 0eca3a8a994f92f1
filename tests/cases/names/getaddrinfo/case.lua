-- getaddrinfo on numeric hosts: five-tuples, printed with the names of the constants.
local socket = require "socket"

local results = socket.getaddrinfo("127.0.0.1", 80, socket.AF_INET, socket.SOCK_STREAM)
print(#results)
local family, kind, proto, canonname, sockaddr = table.unpack(results[1])
print(family, kind, proto)
print(repr(canonname == "") .. " " .. tostring(sockaddr))
print(repr(results[1]))

for _, res in ipairs(socket.getaddrinfo("127.0.0.1", "8080")) do
  print(res.family, res.type, res.proto, res.sockaddr)
end

for _, res in ipairs(socket.getaddrinfo("::1", 80, {proto = socket.IPPROTO_TCP})) do
  print(repr(res))
end

print(repr(socket.getaddrinfo("127.0.0.1", 53, {type = socket.SOCK_DGRAM})))
print(#socket.getaddrinfo("127.0.0.1", nil, 0, 0, socket.IPPROTO_UDP))
print(socket.getaddrinfo("127.0.0.1", nil, {type = socket.SOCK_STREAM})[1][5])
