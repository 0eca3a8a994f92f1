-- A socket has its attributes and no others, and they cannot be written.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print(repr(e))
  else
    print(e.name, repr(e:is("AttributeError")))
  end
end

local s = socket.socket()
show(function() return s.family end)
show(function() return s.no_such_name end)
show(function() return s:no_such_method(1) end)
show(function() return s:recvform(10) end)
show(function() return s:getsocketname() end)
show(function() return s:setsockeopt(1, 2, 3) end)
show(function() s.family = 3 end)
show(function() s.timeout = 3 end)
show(function() s.no_such_name = 3 end)
s:close()
show(function() return s.no_such_name end)
