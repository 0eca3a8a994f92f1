-- The echo server of the bench in Lua with cqueues. Prints its port.
local cqueues, socket = require "cqueues", require "cqueues.socket"

local server = socket.listen{host = "0.0.0.0", port = 0}
server:listen()
print((select(3, server:localname())))
io.stdout:flush()
local loop = cqueues.new()
loop:wrap(function()
  for c in server:clients() do
    c:setmode("bn", "bn")
    loop:wrap(function()
      while true do
        local data = c:read(-4096)
        if not data then break end
        c:write(data)
      end
      c:close()
    end)
  end
end)
assert(loop:loop())
