-- inet_aton and inet_ntoa, in all the forms C takes.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.message)
  end
end

for _, text in ipairs {"127.0.0.1", "255.255.255.255", "127.1", "10.1.2", "1", "0x7f.0.0.1", "0177.0.0.1", "4294967295"} do
  print(text, repr(socket.inet_aton(text)))
end
print(socket.inet_ntoa("\x7f\x00\x00\x01"))
print(socket.inet_ntoa(bytearray(4)))
for _, text in ipairs {"", "256.1.1.1", "1.2.3.4.5", "name", "4294967296"} do
  show(function() return socket.inet_aton(text) end)
end
for _, packed in ipairs {"", "123", "12345"} do
  show(function() return socket.inet_ntoa(packed) end)
end
