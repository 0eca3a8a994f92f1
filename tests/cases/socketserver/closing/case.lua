local Slow = socketserver.class(socketserver.BaseRequestHandler)
function Slow:handle()
  time.sleep(0.1)
  print("handled")
end

-- Whoever closes the server waits for the requests that are handled, several at once too.
local server = socketserver.ThreadingTCPServer({"127.0.0.1", 0}, Slow)
local serving = task.spawn(server.serve_forever, server)
local client = socket.create_connection(server.server_address)
time.sleep(0.02)
server:shutdown()
serving:join()
local closers = {}
for i = 1, 2 do closers[i] = task.spawn(server.server_close, server) end
for _, closer in ipairs(closers) do closer:join() end
print("closed " .. repr(client:recv(1)))
client:close()

-- Several may end it.
server = socketserver.TCPServer({"127.0.0.1", 0}, Slow)
serving = task.spawn(server.serve_forever, server)
local enders = {}
for i = 1, 2 do enders[i] = task.spawn(server.shutdown, server) end
enders[3] = serving
for _, ender in ipairs(enders) do ender:join() end
server:shutdown()
serving = task.spawn(server.serve_forever, server)
time.sleep(0)
server:shutdown()
serving:join()
server:server_close()
print("ended twice")

-- A datagram's handler takes bytes of any kind, as they are then.
local Answer = socketserver.class(socketserver.DatagramRequestHandler)
function Answer:handle()
  local data = bytearray(self.rfile:read())
  self.wfile:write(data)
  data[1] = 88
  self.wfile:write("!")
  local ok, e = pcall(self.wfile.write, self.wfile, 5)
  if not ok and e:is("TypeError") then print("TypeError") end
end

server = socketserver.UDPServer({"127.0.0.1", 0}, Answer)
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client:sendto("hey", server.server_address)
server:handle_request()
print(repr(client:recv(100)))
client:close()
server:server_close()
