-- What a relay cannot do.
local socket = require "socket"

local a, b = socket.socketpair()
local c, d = socket.socketpair()
local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

local function attempt(one, other)
  local ok, e = pcall(socket.relay, one, other)
  print(e.name .. " " .. e.message)
end

attempt(a, a)
attempt(a, u)
c:setblocking(false)
attempt(a, c)
c:setblocking(true)
a:settimeout(0.02)
attempt(a, c)
print(repr(a:gettimeout()) .. " " .. repr(c:gettimeout()))
a:close()
attempt(a, c)
for _, s in ipairs({b, c, d, u}) do s:close() end
