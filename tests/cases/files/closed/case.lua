-- What calls on closed files and in the wrong direction raise, kind by kind.
local socket = require "socket"

local function told(e)
  print("", e.name, e.message)
end

local function everything(f, data)
  for _, call in ipairs {
    function() f:read() end, function() f:read(3) end, function() f:read1(3) end, function() f:peek() end, function() f:readline() end, function() f:readlines() end,
    function() f:readinto(bytearray(4)) end, function() f:readinto1(bytearray(4)) end, function() f:readall() end,
    function() f:write(data) end, function() f:writelines({data}) end, function() f:writelines({}) end, function() f:flush() end,
    function() f:isatty() end, function() f:readable() end, function() f:writable() end, function() f:seekable() end,
    function() f:seek(0) end, function() f:tell() end, function() f:truncate(3) end, function() return f.closed end,
    function() return f.encoding end, function() return f.errors end, function() return f.newlines end, function() f:detach() end,
  } do
    local ok, e = pcall(call)
    if ok then
      print("", "fine")
    else
      told(e)
    end
  end
end

do
  local f <close> = open("file", "wb")
  f:write("content")
end
for _, how in ipairs {{"rb", 0}, {"wb", 0}, {"rb", -1}, {"wb", -1}, {"rwb", -1}, {"r", -1}, {"w", -1}, {"rw", -1}} do
  local a, b = socket.socketpair()
  print("makefile " .. how[1] .. " " .. how[2])
  local f = a:makefile(how[1], how[2])
  f:close()
  everything(f, "x")
end
for _, how in ipairs {{"rb", 0}, {"r+b", 0}, {"rb", -1}, {"r+b", -1}, {"ab", -1}, {"r", -1}, {"r+", -1}, {"a", -1}} do
  print("open " .. how[1] .. " " .. how[2])
  local f = open("file", how[1], how[2])
  f:close()
  everything(f, "x")
end
for _, how in ipairs {{"wb", 0}, {"wb", -1}, {"w", -1}} do
  local a, b = socket.socketpair()
  print("reading " .. how[1] .. " " .. how[2])
  local f = a:makefile(how[1], how[2])
  for _, call in ipairs {function() f:read() end, function() f:readline() end, function() f:readlines() end, function() f:readinto(bytearray(2)) end, function() f:seek(0) end, function() f:tell() end} do
    local _, e = pcall(call)
    told(e)
  end
end
for _, how in ipairs {{"rb", 0}, {"rb", -1}, {"r", -1}} do
  local a, b = socket.socketpair()
  print("writing " .. how[1] .. " " .. how[2])
  local f = a:makefile(how[1], how[2])
  for _, call in ipairs {function() f:write("x") end, function() f:writelines({"x"}) end, function() f:truncate() end, function() f:seek(0, 2) end} do
    local _, e = pcall(call)
    told(e)
  end
end
local a, b = socket.socketpair()
local f = a:makefile("rwb")
local _, e = pcall(f.fileno, f)
told(e)
print(repr(e:is("ValueError")) .. " " .. repr(e.errno))
