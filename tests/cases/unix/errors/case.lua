-- Paths that cannot be: too long, missing, not a socket, nobody listening.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.message)
  end
end

do
  local s <close> = socket.socket(socket.AF_UNIX)
  show(function() return s:bind(("x"):rep(109)) end)
  show(function() return s:bind(("x"):rep(108)) end)
  show(function() return s:bind("\0" .. ("x"):rep(108)) end)
  show(function() return s:connect("no-such.sock") end)
  show(function() return s:bind("no-such-directory/x.sock") end)
  io.open("plain", "w"):close()
  show(function() return s:connect("plain") end)
  show(function() return s:bind(("x"):rep(107)) end)
  print(#tostring(s:getsockname()))
  do
    local c <close> = socket.socket(socket.AF_UNIX)
    show(function() return c:connect(("x"):rep(107)) end)
  end
  do
    local c <close> = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    show(function() return c:connect(("x"):rep(107)) end)
  end
  s:listen(0)
  local c <close> = socket.socket(socket.AF_UNIX)
  local d <close> = socket.socket(socket.AF_UNIX)
  c:connect(("x"):rep(107))
  d:setblocking(false)
  show(function() return d:connect(("x"):rep(107)) end)
end
os.remove("plain")
os.remove(("x"):rep(107))
