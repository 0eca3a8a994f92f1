-- write, writelines, flush, close: what is counted, when it leaves, what is refused.
local socket = require "socket"

local function waiting(s)
  local ok, data = pcall(s.recv, s, 1000, socket.MSG_DONTWAIT)
  return ok and repr(data) or "None"
end

local a, b = socket.socketpair()
local f = a:makefile("wb")
print(f:write("abc") .. " " .. f:write(bytearray("de")) .. " " .. f:write("") .. " " .. waiting(b))
f:writelines({"1", "2\n", bytearray("3")})
f:flush()
print(waiting(b))
f:write("rest")
f:close()
f:close()
print(waiting(b) .. " " .. a:send("still open") .. " " .. waiting(b))
f = a:makefile("wb", 4)
print(f:write("abc") .. " " .. waiting(b) .. " " .. f:write("de") .. " " .. waiting(b) .. " " .. f:write("0123456789") .. " " .. waiting(b))
f:flush()
print(waiting(b))
f = a:makefile("wb", 0)
print(f:write("now") .. " " .. waiting(b))
f = a:makefile("w", {encoding = "utf-8"})
print(f:write("häß€\n") .. " " .. waiting(b))
f:writelines({"x", "y\n"})
f:flush()
print(waiting(b))
f:close()
f = a:makefile("w")
for _, wrong in ipairs {bytearray("bytes"), 5, false} do
  local _, e = pcall(f.write, f, wrong or nil)
  print(e.name)
end
f = a:makefile("wb")
for _, wrong in ipairs {5, false} do
  local _, e = pcall(f.write, f, wrong or nil)
  print(e.name)
end
f = a:makefile("rwb")
f:write("question\n")
f:flush()
print(repr(b:recv(100)))
b:sendall("answer\nmore")
print(repr(f:readline()) .. " " .. repr(f:peek()))
f:write("thanks")
f:close()
print(repr(b:recv(100)))
b:close()
f = a:makefile("wb")
f:write("to nobody")
for _, call in ipairs {f.flush, f.close} do
  local _, e = pcall(call, f)
  print(e.name, e.message)
end
print(repr(f.closed))
