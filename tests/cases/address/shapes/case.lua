-- Addresses of the wrong shape.
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
  show(function() s:bind("127.0.0.1") end)
  show(function() s:bind({"127.0.0.1"}) end)
  show(function() s:bind({"127.0.0.1", 80, 0}) end)
  show(function() s:bind({"127.0.0.1", "80"}) end)
  show(function() s:bind({"127.0.0.1", 1.5}) end)
  show(function() s:bind({5, 80}) end)
  show(function() s:bind({"127.0.0.1", 65536}) end)
  show(function() s:bind({"127.0.0.1", -1}) end)
  show(function() s:bind(nil) end)
  show(function() s:connect({"127.0.0.1", 65536}) end)
  show(function() s:connect_ex({"127.0.0.1", -1}) end)
  show(function() s:connect(5) end)
end
do
  local s <close> = socket.socket(socket.AF_INET6)
  show(function() s:bind({"::1", 0, 1 << 20}) end)
  show(function() s:bind({"::1", 0, -1}) end)
  show(function() s:bind({"::1", 0, 0, 0, 0}) end)
end
do
  local s <close> = socket.socket(socket.AF_UNIX)
  show(function() s:bind({"name", 1}) end)
  show(function() s:connect(5) end)
end
