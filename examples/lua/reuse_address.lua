-- Why servers set SO_REUSEADDR: a port in TIME_WAIT cannot be bound again without it.
--
--   wirescript examples/lua/reuse_address.lua [HOST] [PORT]      (127.0.0.1, 50007)
--
-- Args: 127.0.0.1 <port>
local socket = require "socket"
local sys = require "sys"

local HOST = sys.argv[2] or "127.0.0.1"
local PORT = tonumber(sys.argv[3] or 50007)

-- A previous execution: it closes its connection first, which leaves the port in TIME_WAIT.
local s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s:bind({HOST, PORT})
s:listen(1)
local client = socket.create_connection({HOST, PORT})
local conn, addr = s:accept()
conn:close()
client:close()
s:close()

-- Running again with too small a delay.
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
local ok, e = pcall(function()
  s:bind({HOST, PORT})
end)
if not ok and e:is("OSError") then
  print(e.name .. ": " .. e.message)
end
s:close()

-- The same with the flag set.
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s:bind({HOST, PORT})
print("bound again, SO_REUSEADDR is", s:getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR))
s:close()

-- Prints:
-- OSError: [Errno 98] Address already in use
-- bound again, SO_REUSEADDR is 1
