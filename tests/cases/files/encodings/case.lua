-- Encodings and error handlers of text files, characters torn between receives, names nobody knows.
local socket = require "socket"

local function through(data, options)
  local a, b = socket.socketpair()
  local f = a:makefile("r", options)
  b:sendall(data:sub(1, 1))
  local first = f.buffer:peek()
  b:sendall(data:sub(2))
  b:close()
  local ok, e = pcall(function()
    print(f.encoding .. " " .. f.errors .. " " .. repr(f:read()))
  end)
  if not ok then
    print(e.name, e.message)
  end
end

through("grün €\u{1f600}", {encoding = "utf-8"})
through("gr\xfcn", {encoding = "latin-1"})
through("\xff\xfea\0b\0\xac\x20", {encoding = "utf-16"})
through("\0\0\x20\xac\0\0\0u\0\0\0r\0\0\0o", {encoding = "UTF-32-BE"})
through("\xef\xbb\xbfmark", {encoding = "utf-8-sig"})
through("\x80uro", {encoding = "cp1252"})
through("a\xffb", {encoding = "utf-8"})
through("a\xffb\xe2\x82", {encoding = "utf-8", errors = "replace"})
through("a\xffb", {encoding = "ascii", errors = "ignore"})
through("a\xffb", {encoding = "ascii", errors = "backslashreplace"})
through("\xe2\x82", {encoding = "utf-8"})
local a, b = socket.socketpair()
local f = a:makefile("r", {encoding = "utf-8"})
b:sendall("äöü€\n€x")
b:close()
print(repr(f:read(2)) .. " " .. repr(f:readline(1)) .. " " .. repr(f:readline()) .. " " .. repr(f:read(1)) .. " " .. f:read(9))
for _, options in ipairs {{encoding = "utf-16"}, {encoding = "latin-1"}, {encoding = "ascii", errors = "xmlcharrefreplace"}, {encoding = "ascii", errors = "replace"}, {encoding = "ascii"}} do
  local a, b = socket.socketpair()
  local f = a:makefile("w", options)
  local ok, e = pcall(function()
    print(f:write("é") .. " " .. f:write("ü\n"))
  end)
  if not ok then
    print(e.name, e.message)
  end
  f:close()
  a:close()
  print(repr(b:recv(100)))
end
local ok, e = pcall(a.makefile, a, "r", {encoding = "klingon"})
print(e.name, e.message)
