-- SCTP: a connection, and messages to many peers over one socket.
local socket = require "socket"

local SCTP = 132 -- IPPROTO_SCTP

local server <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
server:bind({"127.0.0.1", 0})
server:listen()
local client <close> = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
client:settimeout(20)
client:connect(server:getsockname())
local connection, peer = server:accept()
connection:settimeout(20)
print(peer[1] .. " " .. repr(client.proto == socket.IPPROTO_SCTP))
client:sendall("one to one")
print(repr(connection:recv(100)))

local a <close> = socket.socket(socket.AF_INET6, socket.SOCK_SEQPACKET, SCTP)
local b <close> = socket.socket(socket.AF_INET6, socket.SOCK_SEQPACKET, SCTP)
for _, s in ipairs {a, b} do
  s:settimeout(20)
  s:bind({"::1", 0})
  s:listen()
end
print(a:sendto("one to many", b:getsockname()))
local data, ancillary, flags, address = b:recvmsg(100)
print(repr(data) .. " " .. repr(flags & socket.MSG_EOR ~= 0) .. " " .. repr(address == a:getsockname()))
