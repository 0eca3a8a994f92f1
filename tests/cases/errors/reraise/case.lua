-- An error raised again is the same error, and what does not match goes on up.
local socket = require "socket"

local first

local function inner(s)
  local ok, e = pcall(function()
    s:getpeername()
  end)
  if not ok then
    first = e
    error(e)
  end
end

local function outer(s)
  local ok, e = pcall(inner, s)
  if not ok then
    if e:is(socket.timeout) then
      print("not this one")
    else
      error(e)
    end
  end
end

do
  local s <close> = socket.socket()
  local ok, e = pcall(outer, s)
  print(repr(rawequal(e, first)), e.name, e.errno, e.message)
end
