-- htonl, htons and the way back.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(e)
  else
    print(e.name)
  end
end

print(socket.htons(80), socket.ntohs(80), socket.ntohs(socket.htons(50007)))
print(socket.htonl(1), socket.ntohl(1), socket.ntohl(socket.htonl(0x7F000001)))
print(socket.htons(0), socket.htons(65535), socket.htonl(0), socket.htonl(4294967295))
print(socket.ntohl(0xDEADBEEF))
for _, f in ipairs {socket.htons, socket.ntohs, socket.htonl, socket.ntohl} do
  show(function() return f(-1) end)
  show(function() return f("1") end)
  show(function() return f(1.5) end)
  show(function() return f() end)
end
show(function() return socket.htons(65536) end)
show(function() return socket.ntohs(65536) end)
show(function() return socket.htonl(1 << 32) end)
show(function() return socket.ntohl(1 << 32) end)
