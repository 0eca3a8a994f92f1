-- The shortest and the longest timeouts: the shortest still waits, the longest is about 292 years.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  print(ok and "ok None" or e.name)
end

local s = socket.socket()
local function True(flag) return flag and "True" or "False" end
for _, seconds in ipairs {1e-300, 1e-10, 1e-9} do
  s:settimeout(seconds)
  print(True(s:gettimeout() > 0) .. " " .. True(s:getblocking()))
end
for _, seconds in ipairs {9e9, 9.3e9, 1e10, 1e300, 1 << 40, 1 << 62} do
  show(function() s:settimeout(seconds) end)
  show(function() socket.setdefaulttimeout(seconds) end)
  socket.setdefaulttimeout(nil)
end
print(True(s:gettimeout() == 9e9))
for _, seconds in ipairs {-1e-300, -1e-10} do
  show(function() s:settimeout(seconds) end)
end
show(function() s:settimeout(-0.0) end)
print(True(s:gettimeout() == 0) .. " " .. True(s:getblocking()))
local a, b = socket.socketpair()
a:settimeout(1e-9)
show(function() a:recv(1) end)
show(function() time.sleep(1e10) end)
show(function() time.sleep(-1e-10) end)
a:close()
b:close()
s:close()
