-- inet_pton and inet_ntop: strict forms, both families.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e.errno), e.message)
  end
end

print(repr(socket.inet_pton(socket.AF_INET, "127.0.0.1")))
print(socket.inet_ntop(socket.AF_INET, "\x0a\x00\x00\xff"))
for _, text in ipairs {
  "2001:DB8:0:23:8:800:200C:417A", "::", "::1", "1::", "fe80::1:0:0:1", "::ffff:127.0.0.1", "::1.2.3.4",
  "1:0:0:2:0:0:0:3", "1:0:2:3:4:5:6:7",
} do
  local packed = socket.inet_pton(socket.AF_INET6, text)
  print(repr(packed))
  print(socket.inet_ntop(socket.AF_INET6, packed))
end
for _, each in ipairs {
  {socket.AF_INET, "127.1"}, {socket.AF_INET, "0x7f.0.0.1"}, {socket.AF_INET, "::1"}, {socket.AF_INET, "127.0.0.1 "},
  {socket.AF_INET6, "127.0.0.1"}, {socket.AF_INET6, "1::2::3"}, {socket.AF_INET6, "::g"}, {socket.AF_INET6, "fe80::1%lo"},
  {99, "127.0.0.1"},
} do
  show(function() return socket.inet_pton(each[1], each[2]) end)
end
for _, each in ipairs {{socket.AF_INET, "123"}, {socket.AF_INET6, "1234"}, {99, "1234"}} do
  show(function() return socket.inet_ntop(each[1], each[2]) end)
end
