-- socketpair.lua COUNT: a byte in at one end and out at the other; prints the seconds it took.
local count = tonumber(arg[1])
local a, b = socket.socketpair()
local start = time.monotonic()
for i = 1, count do
  a:send("x")
  b:recv(1)
end
print(time.monotonic() - start)
