-- socketpair_luaposix.lua COUNT: a byte in at one end and out at the other; prints the seconds it took.
local sock, time = require "posix.sys.socket", require "posix.time"
local count = tonumber(arg[1])
local function now()
  local t = time.clock_gettime(time.CLOCK_MONOTONIC)
  return t.tv_sec + t.tv_nsec / 1e9
end
local a, b = sock.socketpair(sock.AF_UNIX, sock.SOCK_STREAM, 0)
assert(a, b)
local start = now()
for _ = 1, count do
  sock.send(a, "x")
  sock.recv(b, 1)
end
print(now() - start)
