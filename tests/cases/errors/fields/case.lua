-- What an error carries: class, number, texts.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name, e.errno, e.code)
    print(e.strerror)
    print(e.message)
    print(repr(e.args))
    print(#e.args, e.args[1], e.args[2])
    print((tostring(e):match("^[^\n]*")))
  end
end

for _, e in ipairs {errors.ValueError(), errors.ValueError("one"), errors.OSError("text"), errors.KeyError("a", 2)} do
  print(repr(e.args))
end

do
  local deaf <close> = socket.socket()
  local s <close> = socket.socket()
  deaf:bind({"127.0.0.1", 0})
  show(function() s:connect(deaf:getsockname()) end)
  show(function() deaf:getpeername() end)
  show(function() s:bind(deaf:getsockname()) end)
end
