-- accept_luasocket.lua: prints its port, accepts and closes.
local server = assert(require "socket".bind("0.0.0.0", 0, 4096))
print((select(2, server:getsockname())))
io.stdout:flush()
while true do
  server:accept():close()
end
