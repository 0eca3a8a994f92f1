-- Modes of makefile: what they allow and how the files print.
local socket = require "socket"

local function show(...)
  local a, b = socket.socketpair()
  local ok, f = pcall(a.makefile, a, ...)
  if not ok then
    print("ValueError: " .. f.message)
    return
  end
  print(table.concat({repr(f:readable()), repr(f:writable()), repr(f:seekable()), repr(f:isatty()), repr(f.closed)}, " "))
  f:close()
  print(repr(f.closed))
end

local function printed(f, number)
  return (repr(f):gsub("=" .. number, "=N"))
end

show()
for _, mode in ipairs {"r", "w", "rw", "rb", "wb", "rwb", "b", "", "br"} do
  print(mode)
  show(mode)
end
for _, mode in ipairs {"rb", "wb", "rwb"} do
  show(mode, 0)
end
show("q")
show("r+")
show("a")
show("r", 0)
show("w", {newline = "x"})
local a, b = socket.socketpair()
for _, mode in ipairs {"r", "w", "rb", "wb"} do
  local f = a:makefile(mode)
  print(printed(f, f.name) .. " " .. f.mode .. " " .. repr(f.name == a:fileno()) .. " " .. repr(f:fileno() == a:fileno()))
  f:close()
  print(printed(f, 0) .. " " .. repr(f.name))
end
local f = a:makefile("rw")
print(repr(f) .. " " .. f.mode .. " " .. f.encoding .. " " .. f.errors .. " " .. repr(f.newlines) .. " " .. repr(f.line_buffering))
f = a:makefile("w", {encoding = "latin-1", errors = "replace"})
print(printed(f, f.name) .. " " .. f.encoding .. " " .. f.errors)
