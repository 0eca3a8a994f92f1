-- accept_cqueues.lua: prints its port, accepts and closes.
local cqueues, socket = require "cqueues", require "cqueues.socket"
local server = socket.listen{host = "0.0.0.0", port = 0}
server:listen()
print((select(3, server:localname())))
io.stdout:flush()
local loop = cqueues.new()
loop:wrap(function()
  for c in server:clients() do c:close() end
end)
assert(loop:loop())
