-- accept_luv.lua: prints its port, accepts and closes.
local uv = require "luv"
local server = uv.new_tcp()
server:bind("0.0.0.0", 0)
server:listen(4096, function()
  local c = uv.new_tcp()
  server:accept(c)
  c:close()
end)
print(server:getsockname().port)
io.stdout:flush()
uv.run()
