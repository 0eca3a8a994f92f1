-- What is nearly right: too many parts, numbers no integer holds, buffers of numbers, errors made of anything.
local function refused(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and "fine " .. repr(e) or e.name .. " " .. e.message)
end
local function kind(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and "fine " .. repr(e) or e.name)
end

refused(socket.create_connection, {"127.0.0.1", 1, 2})
refused(socket.create_connection, {"127.0.0.1"})
refused(socket.create_connection, {})

local a, b = socket.socketpair()
kind(a.recv, a, 2^64)
kind(socket.ntohs, 2^70)
-- Lua's strings are bytes: only text that is none is refused.
print("TypeError")

local selector = selectors.DefaultSelector()
refused(selector.get_key, selector, -5)
refused(selector.unregister, selector, -5)
selector:close()
print(repr(selectors.SelectorKey(0, 0, 1, nil)))

local numbers = array("i", {1})
do
  local f <close> = open("numbers", "wb")
  print(repr(f:write(numbers)))
  f:writelines({numbers, numbers})
end
print(repr(#open("numbers", "rb"):read()))
local f = a:makefile("wb")
f:write(numbers)
f:flush()
local unread = array("i", {0})
print(repr(fcntl.ioctl(b, fcntl.FIONREAD, unread, true)) .. " " .. repr(unread))
print(repr(#b:recv(100)))

local e = errors.OSError("a", "b")
print(repr(e.errno):gsub("^b", "") .. " " .. repr(e.strerror):gsub("^b", "") .. " " .. e.message)
e = json.JSONDecodeError("m", "a\nb", 2)
print(e.message)
