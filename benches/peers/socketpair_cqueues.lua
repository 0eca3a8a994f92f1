-- socketpair_cqueues.lua COUNT: a byte in at one end and out at the other; prints the seconds it took.
local cqueues, socket = require "cqueues", require "cqueues.socket"
local count = tonumber(arg[1])
local a, b = assert(socket.pair())
a:setmode("bn", "bn")
b:setmode("bn", "bn")
local start = cqueues.monotime()
for _ = 1, count do
  a:write("x")
  b:read(1)
end
print(cqueues.monotime() - start)
