-- Host names are encoded as the codec "idna" does it: empty labels and long ones are errors before anybody is asked.
local socket = require "socket"

for _, name in ipairs({"a..b", ".", ".a", ("a"):rep(64), ("a"):rep(64) .. ".b", "\u{e4}..b", ("\u{e4}"):rep(70),
    "\u{3002}", "xn--\u{e4}", "\u{ad}"}) do
  for _, call in ipairs({function() socket.getaddrinfo(name, 80) end, function() socket.gethostbyname(name) end,
      function() socket.gethostbyname_ex(name) end, function() socket.gethostbyaddr(name) end}) do
    local ok, e = pcall(call)
    print(ok and "found" or e:is("UnicodeError") and e.message)
  end
end
local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _, name in ipairs({"\u{e4}..b", "\u{3002}"}) do
  local ok, e = pcall(u.connect, u, {name, 80})
  print(e.name .. " " .. e.message)
end
-- Full width digits and dots are digits and dots.
u:connect({"\u{ff11}\u{ff12}\u{ff17}\u{3002}\u{ff10}\u{3002}\u{ff10}\u{3002}\u{ff11}", 80})
print(repr(u:getpeername()))
print(repr(socket.getaddrinfo("\u{ff11}\u{ff12}\u{ff17}.0.0.1", 80, 0, socket.SOCK_STREAM)[1][5]))
u:close()
