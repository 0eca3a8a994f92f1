-- connect with a timeout, to a listener whose queue is full.
local errno = require "errno"
local socket = require "socket"

local server = socket.socket()
server:bind({"127.0.0.1", 0})
server:listen(0)
local address = server:getsockname()
local waiting = {}
for _ = 1, 4 do
  local c = socket.socket()
  c:setblocking(false)
  c:connect_ex(address)
  waiting[#waiting + 1] = c
end

do
  local s <close> = socket.socket()
  s:settimeout(0.1)
  local ok, e = pcall(function()
    s:connect(address)
  end)
  print(e.name, repr(e.errno), e.message)
end

do
  local s <close> = socket.socket()
  s:settimeout(0.1)
  print(errno.errorcode[s:connect_ex(address)])
end

local ok, e = pcall(function()
  socket.create_connection(address, {timeout = 0.1})
end)
print(e.name, repr(e.errno), e.message)

for _, c in ipairs(waiting) do
  c:close()
end
server:close()
