-- An error is of its class and of every class above it.
local errors = require "errors"
local socket = require "socket"

local names = {
  "BaseException", "Exception", "OSError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError",
  "BrokenPipeError", "BlockingIOError", "TimeoutError", "PermissionError", "FileNotFoundError",
  "ValueError", "TypeError", "ArithmeticError", "OverflowError", "AttributeError", "LookupError",
}

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    local found = {}
    for _, n in ipairs(names) do
      assert(e:is(n) == e:is(errors[n]), n)
      if e:is(n) then
        found[#found + 1] = n
      end
    end
    print(e.name .. ": " .. table.concat(found, " "))
    print(repr(e:is(socket.error)) .. " " .. repr(e:is(socket.timeout)) .. " " .. repr(e:is(socket.gaierror)))
  end
end

do
  local deaf <close> = socket.socket()
  local s <close> = socket.socket()
  deaf:bind({"127.0.0.1", 0})
  show(function() s:connect(deaf:getsockname()) end)
end
local a, b = socket.socketpair()
a:close()
show(function() b:send("x") end)
b:close()
a, b = socket.socketpair()
a:settimeout(0)
show(function() a:recv(1) end)
a:settimeout(0.01)
show(function() a:recv(1) end)
a:close()
b:close()
show(function() socket.getaddrinfo(nil, nil) end)
show(function() socket.socket(socket.AF_UNIX):connect("no-such-file") end)
show(function() socket.htons(65536) end)
show(function() socket.inet_ntop(99, "1234") end)
show(function() socket.htons("1") end)
show(function() return a.no_such_name end)
