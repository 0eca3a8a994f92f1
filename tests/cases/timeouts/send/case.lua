-- Sending into a full buffer: with a timeout, and without waiting.
local socket = require "socket"

local a, b = socket.socketpair()
local block = ("x"):rep(65536)
a:settimeout(0.05)
local ok, e = pcall(function()
  for _ = 1, 1000 do
    a:send(block)
  end
end)
print(e.name, e.message)
ok, e = pcall(function()
  a:sendall(block)
end)
print(e.name, e.message)
a:setblocking(false)
ok, e = pcall(function()
  for _ = 1, 1000 do
    a:send(block)
  end
end)
print(e.name, e.errno, e.strerror)
ok, e = pcall(function()
  a:sendall(block)
end)
print(e.name, e.errno, e.strerror)
a:close()
b:close()
