-- The echo server of the bench in Lua with copas. Prints its port.
local copas, socket = require "copas", require "socket"

local server = assert(socket.bind("0.0.0.0", 0, 4096))
print((select(2, server:getsockname())))
io.stdout:flush()
copas.addserver(server, function(c)
  while true do
    local data, err, part = copas.receivepartial(c, 4096)
    data = data or part
    if data and #data > 0 then copas.send(c, data) end
    if err == "closed" then break end
  end
end)
copas.loop()
