-- fcntl and ioctl on sockets and on descriptors.
local fcntl = require "fcntl"
local socket = require "socket"

local a, b = socket.socketpair()
print(fcntl.fcntl(a, fcntl.F_GETFD) .. " " .. fcntl.FD_CLOEXEC)
fcntl.fcntl(a:fileno(), fcntl.F_SETFD, 0)
print(fcntl.fcntl(a, fcntl.F_GETFD) .. " " .. repr(a:get_inheritable()))
local flags = fcntl.fcntl(a, fcntl.F_GETFL)
print(flags & fcntl.O_NONBLOCK)
fcntl.fcntl(a, fcntl.F_SETFL, flags | fcntl.O_NONBLOCK)
print(repr(fcntl.fcntl(a, fcntl.F_GETFL) & fcntl.O_NONBLOCK == fcntl.O_NONBLOCK))
fcntl.fcntl(a, fcntl.F_SETFL, flags)
local copy = fcntl.fcntl(a, fcntl.F_DUPFD_CLOEXEC, 100)
print(repr(copy >= 100))
socket.close(copy)

b:send("12345")
print("(" .. string.unpack("=i4", fcntl.ioctl(a, fcntl.FIONREAD, ("\0"):rep(4))) .. ",)")
local room = bytearray(4)
print(fcntl.ioctl(a, fcntl.FIONREAD, room) .. " (" .. room[1] .. ",)")
do
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  local answer = fcntl.ioctl(s, fcntl.SIOCGIFADDR, "lo" .. ("\0"):rep(38))
  print(#answer .. " " .. socket.inet_ntoa(answer:sub(21, 24)))
  local ok, e = pcall(fcntl.ioctl, s, fcntl.SIOCGIFADDR, "nothing" .. ("\0"):rep(33))
  print(e.name .. " " .. e.errno)
  ok, e = pcall(fcntl.ioctl, s, fcntl.SIOCGIFADDR)
  print(e.name .. " " .. e.errno)
end
for _, bad in ipairs({-1, 9999}) do
  local ok, e = pcall(fcntl.fcntl, bad, fcntl.F_GETFL)
  print(e.name .. " " .. e.message)
end
print(select(2, pcall(fcntl.fcntl, a, 99999)).message)
print(select(2, pcall(fcntl.fcntl, "a", fcntl.F_GETFL)).name)
print(select(2, pcall(fcntl.fcntl, a, fcntl.F_GETLK, ("\0"):rep(2000))).message)
a:close()
b:close()
if not pcall(fcntl.fcntl, a, fcntl.F_GETFL) then print("closed") end
