-- A socket closes where its scope ends, by an error too.
local socket = require "socket"

local kept
do
  local s <close> = socket.socket()
  kept = s
  print(repr(s:fileno() > 2))
end
print(kept:fileno())

local ok, e = pcall(function()
  local s <close> = socket.socket()
  kept = s
  s:getpeername()
end)
print(e.name, e.errno)
print(kept:fileno())

do
  local s <close> = socket.socket()
  kept = s
  s:close()
end
print(kept:fileno())

local function early()
  local s <close> = socket.socket()
  kept = s
  return "returned"
end

print(early(), kept:fileno())
