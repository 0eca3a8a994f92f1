-- Bluetooth without a controller: the names of L2CAP, RFCOMM and SCO sockets, and what is no name.
local socket = require "socket"

local ANY = "00:00:00:00:00:00"

local s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_L2CAP)
s:bind({ANY, 0x1001})
print(repr(s:getsockname()))
s:close()
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_STREAM, socket.BTPROTO_RFCOMM)
s:bind({ANY, 5})
print(repr(s:getsockname()))
s:listen(1)
s:setblocking(false)
local ok, e = pcall(s.accept, s)
print(e.errno)
s:close()
s = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_SCO)
s:bind(ANY)
-- A device's address alone is text.
print("'" .. s:getsockname() .. "'")

local function refused(f)
  local ok, e = pcall(f)
  print(e.name .. " " .. e.message)
end

local l2cap <close> = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_SEQPACKET, socket.BTPROTO_L2CAP)
local rfcomm <close> = socket.socket(socket.AF_BLUETOOTH, socket.SOCK_STREAM, socket.BTPROTO_RFCOMM)
refused(function() l2cap:bind({"00:11:22:33:44", 1}) end)
refused(function() l2cap:bind({"00:11:22:33:44:1FF", 1}) end)
refused(function() l2cap:bind({ANY}) end)
refused(function() rfcomm:connect({ANY, "one"}) end)
refused(function() s:bind(5) end)
refused(function() rfcomm:connect({"00:1A:7D:DA:71:13", 1}) end)
