-- lines.lua PORT COUNT LENGTH [text]: reads lines off a connection; prints the seconds it took.
local port, count, length, text = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3]), arg[4]
local c <close> = socket.create_connection({"127.0.0.1", port})
local f = c:makefile(text and "r" or "rb")
local seen, bytes = 0, 0
local start = time.monotonic()
for line in f:lines() do
  seen = seen + 1
  bytes = bytes + #line
end
print(time.monotonic() - start)
assert(seen == count and bytes == length * count, "lines are missing")
