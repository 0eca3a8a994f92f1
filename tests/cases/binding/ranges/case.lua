-- Numbers out of range, and NUL bytes where C ends a string.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name)
  end
end

local s = socket.socket()
show(function() s:recv(-1) end)
show(function() s:recvfrom(-1) end)
show(function() s:recv(10, 1 << 40) end)
show(function() s:listen(1 << 40) end)
show(function() s:shutdown(1 << 40) end)
show(function() s:getsockopt(1 << 40, 1) end)
show(function() s:setsockopt(1, 1 << 40, 1) end)
s:close()
show(function() socket.socket(1 << 40) end)
show(function() socket.socket(socket.AF_INET, 1 << 40) end)
show(function() socket.inet_pton(1 << 40, "127.0.0.1") end)
show(function() socket.getaddrinfo("127.0.0.1", 80, 1 << 40) end)
show(function() socket.inet_aton("127.0.0.1\0") end)
show(function() socket.inet_pton(socket.AF_INET, "127.0.0.1\0") end)
