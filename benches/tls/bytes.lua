-- Sends or takes so many MiB over TLS; prints the seconds.
local way, identity, port, count = sys.argv[2], sys.argv[3], tonumber(sys.argv[4]), tonumber(sys.argv[5])
local context = ssl.create_default_context({cafile = identity})
local s <close> = context:wrap_socket(socket.create_connection({"127.0.0.1", port}), {server_hostname = "localhost"})
local piece = string.rep("s", 65536)
local start = time.monotonic()
if way == "send" then
  for _ = 1, count * 16 do s:sendall(piece) end
  s:recv(1)
else
  local left = count * 2 ^ 20
  while left > 0 do left = left - #s:recv(65536) end
end
print(time.monotonic() - start)
