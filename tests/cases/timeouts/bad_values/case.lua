-- Values that are no timeout; the old one stays.
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
  local s <close> = socket.socket()
  s:settimeout(3)
  show(function() s:settimeout(-1) end)
  show(function() s:settimeout(-0.001) end)
  show(function() s:settimeout("1") end)
  show(function() s:settimeout(0 / 0) end)
  show(function() s:settimeout(1e20) end)
  show(function() s:settimeout() end)
  print(repr(s:gettimeout()))
end
show(function() socket.setdefaulttimeout(-1) end)
show(function() socket.setdefaulttimeout("x") end)
print(repr(socket.getdefaulttimeout()))
