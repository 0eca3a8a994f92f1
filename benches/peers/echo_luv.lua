-- The echo server of the bench in Lua with luv. Prints its port.
local uv = require "luv"

local server = uv.new_tcp()
server:bind("0.0.0.0", 0)
server:listen(4096, function()
  local c = uv.new_tcp()
  server:accept(c)
  c:read_start(function(err, data)
    if data then c:write(data) else c:close() end
  end)
end)
print(server:getsockname().port)
io.stdout:flush()
uv.run()
