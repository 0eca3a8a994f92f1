-- TIPC: a service name, a range of them and a socket's own identity; datagrams, and a connection.
local socket = require "socket"

local SERVICE = 4242

-- Whether the first three parts are the same.
local function same(one, other)
  return repr(one[1] == other[1] and one[2] == other[2] and one[3] == other[3])
end

local server <close> = socket.socket(socket.AF_TIPC, socket.SOCK_RDM)
server:settimeout(20)
server:bind({socket.TIPC_ADDR_NAMESEQ, SERVICE, 10, 20, socket.TIPC_NODE_SCOPE})
local client <close> = socket.socket(socket.AF_TIPC, socket.SOCK_RDM)
client:settimeout(20)
print(client:sendto("by name", {socket.TIPC_ADDR_NAME, SERVICE, 15, 0}))
local data, address = server:recvfrom(100)
print(repr(data) .. " " .. repr(address[1] == socket.TIPC_ADDR_ID) .. " " .. same(address, client:getsockname()) .. string.format(" (%d, %d)", address[4], address[5]))
print(server:sendto("by identity", address))
data, address = client:recvfrom(100)
print(repr(data) .. " " .. same(address, server:getsockname()))
print(client:sendto("by range", {socket.TIPC_ADDR_NAMESEQ, SERVICE, 10, 20, socket.TIPC_CLUSTER_SCOPE}))
print(repr(server:recv(100)))
local ok, e = pcall(function()
  client:sendto("nobody", {socket.TIPC_ADDR_NAME, SERVICE, 99, 0})
  print(repr(client:recv(100)))
end)
if not ok then
  print(e.errno .. " " .. e.strerror)
end

local listener <close> = socket.socket(socket.AF_TIPC, socket.SOCK_SEQPACKET)
listener:bind({socket.TIPC_ADDR_NAME, SERVICE, 30, 0, socket.TIPC_NODE_SCOPE})
listener:listen(5)
local caller <close> = socket.socket(socket.AF_TIPC, socket.SOCK_SEQPACKET)
caller:setblocking(false)
-- It completes when the listener accepts.
print(repr(caller:connect_ex({socket.TIPC_ADDR_NAME, SERVICE, 30, 0}) == errno.EINPROGRESS))
local connection, peer = listener:accept()
caller:settimeout(20)
connection:settimeout(20)
print(repr(peer[1] == socket.TIPC_ADDR_ID) .. " " .. same(caller:getsockname(), connection:getpeername()))
caller:sendall("a packet")
print(repr(connection:recv(100)))
connection:sendall("another")
print(repr(caller:recv(100)))
print(caller:getsockopt(socket.SOL_TIPC, socket.TIPC_IMPORTANCE))
