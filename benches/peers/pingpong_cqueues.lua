-- pingpong_cqueues.lua PORT COUNT: a byte to the peer and back, in a coroutine of cqueues; prints the seconds it took.
local cqueues, socket = require "cqueues", require "cqueues.socket"
local port, count = tonumber(arg[1]), tonumber(arg[2])
local loop = cqueues.new()
loop:wrap(function()
  local c = assert(socket.connect("127.0.0.1", port))
  c:setmode("bn", "bn")
  assert(c:connect())
  local start = cqueues.monotime()
  for _ = 1, count do
    c:write("x")
    c:read(1)
  end
  print(cqueues.monotime() - start)
end)
assert(loop:loop())
