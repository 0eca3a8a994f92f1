-- pingpong_luaposix.lua PORT COUNT: a byte to the peer and back; prints the seconds it took.
local sock, time = require "posix.sys.socket", require "posix.time"
local port, count = tonumber(arg[1]), tonumber(arg[2])
local function now()
  local t = time.clock_gettime(time.CLOCK_MONOTONIC)
  return t.tv_sec + t.tv_nsec / 1e9
end
local c = assert(sock.socket(sock.AF_INET, sock.SOCK_STREAM, 0))
assert(sock.connect(c, {family = sock.AF_INET, addr = "127.0.0.1", port = port}))
local start = now()
for _ = 1, count do
  sock.send(c, "x")
  sock.recv(c, 1)
end
print(now() - start)
