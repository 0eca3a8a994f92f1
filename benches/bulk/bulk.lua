-- bulk.lua WAY: prints its port, accepts one connection, and sends or receives on it in chunks of 64 KiB until it ends.
local way, size = arg[1], 65536
local server = socket.create_server({"", 0})
print(server:getsockname().port)
io.stdout:flush()
local c = server:accept()

if way == "send" then
  local chunk = ("b"):rep(size)
  pcall(function() while true do c:sendall(chunk) end end)
elseif way == "recv" then
  while c:recv(size) ~= "" do end
else
  local buffer = bytearray(size)
  while c:recv_into(buffer) > 0 do end
end
