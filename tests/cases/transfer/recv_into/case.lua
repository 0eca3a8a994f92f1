-- recv_into fills the caller's buffer.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(e)
  else
    print(e.name)
  end
end

local a, b = socket.socketpair()
local buf = bytearray(8)
a:sendall("abc")
print(b:recv_into(buf), repr(buf))
a:sendall("0123456789")
print(b:recv_into(buf, 4), repr(buf))
print(b:recv_into(buf, 0), repr(buf))
a:sendall("peek")
print(b:recv_into(buf, 2, socket.MSG_PEEK), b:recv_into(buf), repr(buf))
show(function() return b:recv_into(buf, 9) end)
show(function() return b:recv_into(buf, -1) end)
show(function() return b:recv_into(5) end)
a:close()
print(b:recv_into(buf), repr(buf))
b:close()
