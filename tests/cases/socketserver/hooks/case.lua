-- The servers' hooks and attributes, as CPython's test_socketserver and its documentation have them.
local ADDRESS = {"127.0.0.1", 0}
local class, BaseRequestHandler, TCPServer = socketserver.class, socketserver.BaseRequestHandler, socketserver.TCPServer

local function say(...)
  local words = table.pack(...)
  for i = 1, words.n do
    words[i] = type(words[i]) == "string" and words[i] or repr(words[i])
  end
  print(table.concat(words, " "))
end

local Nothing = class(BaseRequestHandler)
function Nothing:handle() say("handled") end

local function ask(server)
  local c <close> = socket.create_connection({server.server_address.host, server.server_address.port})
  server:handle_request()
  return repr(c:recv(1))
end

-- What there is.
for _, name in ipairs {"BaseServer", "TCPServer", "UDPServer", "UnixStreamServer", "UnixDatagramServer", "ThreadingMixIn",
    "ThreadingTCPServer", "ThreadingUDPServer", "ThreadingUnixStreamServer", "ThreadingUnixDatagramServer",
    "ForkingMixIn", "ForkingTCPServer", "ForkingUDPServer", "BaseRequestHandler", "StreamRequestHandler",
    "DatagramRequestHandler"} do
  say(name, socketserver[name] ~= nil)
end
local T, U = socketserver.TCPServer, socketserver.UDPServer
say(T.address_family, T.socket_type, T.request_queue_size, T.allow_reuse_address, T.allow_reuse_port, T.timeout)
say(U.socket_type, U.max_packet_size, U.allow_reuse_address)
local M, F = socketserver.ThreadingMixIn, socketserver.ForkingMixIn
say(M.daemon_threads, M.block_on_close, F.timeout, F.max_children, F.active_children, F.block_on_close)
local S = socketserver.StreamRequestHandler
say(S.rbufsize, S.wbufsize, S.timeout, S.disable_nagle_algorithm)

-- A request that is not verified is shut down and not handled.
local Refuses = class(TCPServer)
Refuses.shut = 0
function Refuses:verify_request(request, client_address)
  say("verify", client_address.host)
  return false
end
function Refuses:shutdown_request(request)
  self.shut = self.shut + 1
  TCPServer.shutdown_request(self, request)
end

do
  local server <close> = Refuses(ADDRESS, Nothing)
  say(ask(server), server.shut)
end

-- The order in which a request's hooks are called.
local Told = class(TCPServer)
for _, name in ipairs {"get_request", "verify_request", "process_request", "finish_request", "shutdown_request",
    "close_request", "server_bind", "server_activate", "server_close"} do
  Told[name] = function(self, ...)
    say(name)
    return TCPServer[name](self, ...)
  end
end

do
  local server <close> = Told(ADDRESS, Nothing)
  say(ask(server))
end

-- A request that cannot be had is no failure.
local Fails = class(TCPServer)
function Fails:get_request()
  TCPServer.get_request(self):close()
  error(errors.OSError("none"))
end

do
  local server <close> = Fails(ADDRESS, Nothing)
  say(ask(server))
end

-- handle_request() waits for the shorter of two times, then calls handle_timeout().
local Late = class(TCPServer)
Late.timeout = 30
function Late:handle_timeout() say("timeout", time.monotonic() - self.began >= 0.02) end

for _, times in ipairs {{0.02, nil}, {false, 0.02}, {0.02, 30}, {30, 0.02}} do
  local server <close> = class(Late)(ADDRESS, Nothing)
  if times[1] then server.timeout = times[1] else getmetatable(server).timeout = nil end
  server.socket:settimeout(times[2])
  server.began = time.monotonic()
  server:handle_request()
end

-- service_actions() is called at each turn of the loop, whether a request has come or not.
local Serves = class(TCPServer)
Serves.turns = 0
function Serves:service_actions()
  self.turns = self.turns + 1
  if self.turns == 3 then task.spawn(self.shutdown, self) end
end

do
  local server <close> = Serves(ADDRESS, Nothing)
  server:serve_forever {poll_interval = 0.01}
  say(server.turns >= 3)
end

-- The options of the listening socket.
local Reuses = class(TCPServer)
Reuses.allow_reuse_address = true
Reuses.allow_reuse_port = true

do
  local server <close> = Reuses(ADDRESS, Nothing)
  local other <close> = Reuses(server.server_address, Nothing)
  for _, option in ipairs {socket.SO_REUSEADDR, socket.SO_REUSEPORT, socket.SO_ACCEPTCONN} do
    say(server.socket:getsockopt(socket.SOL_SOCKET, option))
  end
  say(other.server_address == server.server_address)
end

local Six = class(TCPServer)
Six.address_family = socket.AF_INET6

do
  local server <close> = Six({"::1", 0}, Nothing)
  say(server.server_address.host, #server.server_address, ask(server))
end

-- The threads of requests that have ended are not kept.
local Threading = class(socketserver.ThreadingMixIn, TCPServer)
local Silent = class(BaseRequestHandler)

do
  local server <close> = Threading(ADDRESS, Silent)
  for i = 1, 10 do ask(server) end
  local count = 0
  for _ in pairs(server._threads) do count = count + 1 end
  say(count < 10)
end

-- server_close() waits for the requests that are handled, unless it is told not to.
local Slow = class(BaseRequestHandler)
function Slow:handle()
  self.request:recv(1)
  say("slow")
end

for _, blocks in ipairs {true, false} do
  local server = Threading(ADDRESS, Slow)
  server.block_on_close = blocks
  local c <close> = socket.create_connection(server.server_address)
  server:handle_request()
  if blocks then
    task.spawn(function()
      task.sleep(0.05)
      c:sendall("x")
    end)
  end
  server:server_close()
  say("closed")
  if not blocks then c:sendall("x") end
  c:recv(1)
end

-- A server may have its own idea of what to wait for: a descriptor that stands for it.
local a, b = socket.socketpair()

local Other = class(socketserver.BaseServer)
function Other:fileno() return a:fileno() end
function Other:get_request() return a:recv(100), "nobody" end
function Other:handle_timeout() say("nothing came") end

local function show(request, client_address, server) say(repr(request), client_address) end

local server = Other("nowhere", show)
server.socket = a
server.timeout = 0.01
server:handle_request()
b:send("a request")
server:handle_request()
say(server.server_address)

local Behind = class(TCPServer)
function Behind:fileno() return a:fileno() end
function Behind:get_request() return a:recv(100), "behind" end
function Behind:shutdown_request(request) end

do
  local server <close> = Behind(ADDRESS, show)
  b:send("another")
  server:handle_request()
end
a:close()
b:close()
