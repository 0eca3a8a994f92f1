-- create_connection raises the last error it met.
local socket = require "socket"

local function show(f)
  local ok, e = pcall(f)
  if ok then
    print("no error")
  else
    print(e.name, repr(e.errno), e.message)
  end
end

-- Bound but not listening: nobody else can have the port, nobody answers.
do
  local deaf <close> = socket.socket()
  deaf:bind({"127.0.0.1", 0})
  local address = deaf:getsockname()
  show(function() socket.create_connection(address) end)
  show(function() socket.create_connection(address, {timeout = 5}) end)
  show(function() socket.create_connection(address, 5, {"192.0.2.1", 0}) end)
end
