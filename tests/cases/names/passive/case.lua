-- No host: the wildcard for a server (AI_PASSIVE), loopback for a client.
local socket = require "socket"

for _, family in ipairs {socket.AF_INET, socket.AF_INET6} do
  for _, flags in ipairs {socket.AI_PASSIVE, 0} do
    for _, res in ipairs(socket.getaddrinfo(nil, 7, family, socket.SOCK_STREAM, 0, flags)) do
      print(res[1], res[5])
    end
  end
end

local res = socket.getaddrinfo(nil, 0, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)[1]
local s <close> = socket.socket(res[1], res[2], res[3])
s:bind(res[5])
s:listen(1)
print(s:getsockname()[1])
