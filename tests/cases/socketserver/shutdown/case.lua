-- The beginnings and ends of servers, as CPython's test_socketserver has them.
local ADDRESS = {"127.0.0.1", 0}
local Handler = socketserver.StreamRequestHandler

-- shutdown() succeeds whenever it is called: also before serve_forever() has begun.
local servers = {}
for i = 1, 20 do servers[i] = {s = socketserver.TCPServer(ADDRESS, Handler)} end
for _, one in ipairs(servers) do
  one.t = task.spawn(one.s.serve_forever, one.s, {poll_interval = 0.01})
  one.s:shutdown()
end
for _, one in ipairs(servers) do
  one.t:join()
  one.s:server_close()
end
print("shut down " .. #servers)

-- shutdown() of one that does not serve any more returns at once, and is for the next serve_forever(). Then it serves again.
local s = socketserver.TCPServer(ADDRESS, Handler)
local t = task.spawn(s.serve_forever, s, {poll_interval = 0.01})
s:shutdown()
t:join()
s:shutdown()
s:serve_forever()
print("at once")
t = task.spawn(s.serve_forever, s, {poll_interval = 0.01})
local c = socket.create_connection(s.server_address)
c:shutdown(socket.SHUT_WR)
print(repr(c:recv(1)))
c:close()
s:shutdown()
t:join()
s:server_close()

-- Closed at once.
local Server = socketserver.class(socketserver.ThreadingMixIn, socketserver.TCPServer)

local server = Server(ADDRESS, function() end)
server:server_close()
server:server_close()
print(server:fileno())

-- A server whose bind fails leaves no socket behind.
local function next_number()
  local s <close> = socket.socket()
  return s:fileno()
end

local before = next_number()
local e
for i = 1, 50 do
  local _
  _, e = pcall(socketserver.TCPServer, {"127.0.0.1", -1}, Handler)
end
print(e.name .. " " .. e.message .. " " .. repr(next_number() == before))

-- with
do
  local within <close> = socketserver.TCPServer(ADDRESS, Handler)
  server = within
  print(repr(server:fileno() >= 0))
end
print(server.socket:fileno())

-- Without bind_and_activate the rest can be done by hand.
server = socketserver.TCPServer(ADDRESS, Handler, {bind_and_activate = false})
print(("('%s', %d) "):format(table.unpack(server.server_address)) .. repr(server.socket:getsockname()))
server:server_bind()
server:server_activate()
print(repr(server.server_address == server.socket:getsockname()) .. " " .. repr(server.server_address.port > 0))
server:server_close()
