-- RDS: reliable datagrams between two ports of loopback; the addresses are those of IPv4.
local socket = require "socket"

local function show(data, address)
  print("(" .. repr(data) .. ", " .. repr(address) .. ")")
end

local a <close> = socket.socket(socket.AF_RDS, socket.SOCK_SEQPACKET)
local b <close> = socket.socket(socket.AF_RDS, socket.SOCK_SEQPACKET)
for _, s in ipairs {a, b} do
  s:settimeout(20)
end
a:bind({"127.0.0.1", 4001})
b:bind({"127.0.0.1", 4002})
print(repr(a:getsockname()))
print(a:sendto("reliably", {"127.0.0.1", 4002}))
show(b:recvfrom(100))
b:connect({"127.0.0.1", 4001})
print(repr(b:getpeername()))
print(b:send("and back"))
show(a:recvfrom(100))
