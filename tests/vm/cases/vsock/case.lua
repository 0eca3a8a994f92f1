-- VSOCK: a connection over the kernel's own loopback, machine 1.
local socket = require "socket"

local LOCAL = 1 -- VMADDR_CID_LOCAL, which CPython has from 3.14 on

local server <close> = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
server:bind({LOCAL, 1024})
server:listen()
print(repr(server:getsockname()))
local client <close> = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
client:settimeout(20)
client:connect({LOCAL, 1024})
local connection, peer = server:accept()
connection:settimeout(20)
print(repr(client:getpeername()) .. " " .. repr(connection:getsockname()) .. " " .. repr(peer == client:getsockname()))
client:sendall("to machine 1")
print(repr(connection:recv(100)))
connection:sendall("from machine 1")
print(repr(client:recv(100)))
local ok, e = pcall(function()
  socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM):connect({LOCAL, 9999})
end)
print(e.name .. " " .. e.errno)
client:setsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, 65536)
print(client:getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE))
ok, e = pcall(client.getsockopt, client, socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, 8)
print(e.message)
