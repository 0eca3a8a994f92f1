-- An option without a value: a null pointer and a length.
local socket = require "socket"

local s = socket.socket()
local ok, e = pcall(s.setsockopt, s, socket.SOL_SOCKET, socket.SO_REUSEADDR, nil, 4)
print(e.name .. " " .. e.errno)
s:setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, nil, 0)
print(repr(s:getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)))
for _, arguments in ipairs({table.pack(nil), table.pack(1, 4), table.pack("1234", 4)}) do
  ok, e = pcall(s.setsockopt, s, socket.SOL_SOCKET, socket.SO_REUSEADDR, table.unpack(arguments, 1, arguments.n))
  print(e.name)
end
if not pcall(s.setsockopt, s, socket.SOL_SOCKET, socket.SO_REUSEADDR, nil, -1) then print("refused") end
s:close()
