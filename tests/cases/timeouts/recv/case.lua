-- A timeout raises; the socket stays usable and nothing is lost.
local socket = require "socket"

local a, b = socket.socketpair()
b:settimeout(0.05)
for attempt = 1, 2 do
  local ok, e = pcall(function()
    b:recv(10)
    print("no error")
  end)
  if not ok and e:is(socket.timeout) then
    print(e.name, repr(e.errno), repr(e.strerror), e.message)
    print(repr(e:is("TimeoutError")) .. " " .. repr(e:is("OSError")) .. " " .. repr(e:is("ConnectionError")))
  end
end
a:sendall("late")
print(repr(b:recv(10)))
local buf = bytearray(4)
local ok, e = pcall(function()
  b:recv_into(buf)
end)
print(e.message, repr(buf))
ok, e = pcall(function()
  b:recvfrom(4)
end)
print(e.message)
a:close()
print(repr(b:recv(10)))
b:close()
