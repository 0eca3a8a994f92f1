-- What the resolver refuses: gaierror, with the resolver's own numbers.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name, e.errno, e.strerror, e.message)
    print(repr(e:is("OSError")) .. " " .. repr(e:is(socket.herror)) .. " " .. repr(e:is("ValueError")))
  end
end

show(function() socket.getaddrinfo(nil, nil) end)
show(function() socket.getaddrinfo("127.0.0.1", "no-such-service") end)
show(function() socket.getaddrinfo("127.0.0.1", 80, 9999) end)
show(function() socket.getaddrinfo("127.0.0.1", 80, {type = 77}) end)
show(function() socket.getaddrinfo("127.0.0.1", 80, {flags = 1 << 30}) end)
show(function() socket.getaddrinfo("::1", 80, socket.AF_INET) end)
