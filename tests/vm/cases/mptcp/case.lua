-- MPTCP: a connection that could use several paths; on loopback it has one.
local socket = require "socket"

local server <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP)
server:bind({"127.0.0.1", 0})
server:listen()
local client <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP)
client:settimeout(20)
client:connect(server:getsockname())
local connection, peer = server:accept()
connection:settimeout(20)
client:sendall("over one path or many")
print(repr(connection:recv(100)))
connection:sendall("and back")
print(repr(client:recv(100)))
print(repr(peer == client:getsockname()) .. " " .. client.proto .. " " .. connection:getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL))
client:close()
print(repr(connection:recv(100)))
