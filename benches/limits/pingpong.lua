-- pingpong.lua PORT COUNT: a byte to the peer and back; prints the seconds it took.
local port, count = tonumber(arg[1]), tonumber(arg[2])
local c <close> = socket.create_connection({"127.0.0.1", port})
local start = time.monotonic()
for i = 1, count do
  c:send("x")
  c:recv(1)
end
print(time.monotonic() - start)
