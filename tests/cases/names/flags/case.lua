-- AI_NUMERICHOST, AI_CANONNAME, AI_V4MAPPED.
local socket = require "socket"

local res = socket.getaddrinfo("127.0.0.1", 80, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST | socket.AI_CANONNAME)
print(#res, res[1][4])
res = socket.getaddrinfo("127.0.0.1", 80, socket.AF_INET6, socket.SOCK_STREAM, {flags = socket.AI_V4MAPPED})
print(res[1][5])
res = socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM, {flags = socket.AI_NUMERICSERV})
print(res[1][5])
local ok, e = pcall(function()
  socket.getaddrinfo("localhost", 80, {flags = socket.AI_NUMERICHOST})
end)
print(e.name, e.errno, e.strerror)
