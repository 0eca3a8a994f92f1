-- lines_cqueues.lua PORT COUNT LENGTH: reads lines off a connection; prints the seconds it took.
local cqueues, socket = require "cqueues", require "cqueues.socket"
local port, count, length = tonumber(arg[1]), tonumber(arg[2]), tonumber(arg[3])
local c = assert(socket.connect("127.0.0.1", port))
c:setmode("b", "b")
local seen, bytes = 0, 0
local start = cqueues.monotime()
for line in c:lines("*L") do
  seen = seen + 1
  bytes = bytes + #line
end
print(cqueues.monotime() - start)
assert(seen == count and bytes == length * count, "lines are missing")
