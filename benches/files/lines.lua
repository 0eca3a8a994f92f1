-- lines.lua PORT COUNT [text]: reads lines off a connection; prints the seconds it took.
local port, count, text = tonumber(arg[1]), tonumber(arg[2]), arg[3]
local c <close> = socket.create_connection({"127.0.0.1", port})
local f = c:makefile(text and "r" or "rb")
local seen, bytes = 0, 0
local start = time.monotonic()
for line in f:lines() do
  seen = seen + 1
  bytes = bytes + #line
end
print(time.monotonic() - start)
assert(seen == count and bytes == 40 * count, "lines are missing")
