-- The handlers' hooks and files, as CPython's test_socketserver and its documentation have them.
local ADDRESS = {"127.0.0.1", 0}
local BIG = 1 << 20

local function say(...)
  local words = table.pack(...)
  for i = 1, words.n do
    words[i] = type(words[i]) == "string" and words[i] or repr(words[i])
  end
  print(table.concat(words, " "))
end

-- What the client returns is printed when both are done.
local function serve(handler, client, base)
  local server <close> = (base or socketserver.TCPServer)(ADDRESS, handler)
  local t = task.spawn(client, server.server_address)
  server:handle_request()
  say(t:join())
end

local function silent(address)
  socket.create_connection(address):close()
  return "silent"
end

-- setup, handle, finish, in this order; finish also after a failure in handle, not after one in setup.
local Order = socketserver.class(socketserver.BaseRequestHandler)
Order.fails = ""
function Order:setup()
  say("setup", self.client_address.host, self.request:fileno() >= 0, self.server:fileno() >= 0)
  if self.fails == "setup" then error(errors.ValueError()) end
end
function Order:handle()
  say("handle")
  if self.fails == "handle" then error(errors.ValueError()) end
end
function Order:finish() say("finish") end

local Quiet = socketserver.class(socketserver.TCPServer)
function Quiet:handle_error(request, client_address) say("error") end

for _, fails in ipairs {"", "handle", "setup"} do
  Order.fails = fails
  serve(Order, silent, Quiet)
end

-- wfile keeps nothing back, and writes all of what it is given.
local Writer = socketserver.class(socketserver.StreamRequestHandler)
function Writer:handle()
  say(self.wfile:fileno() == self.request:fileno(), self.wfile:writable(), self.wfile:readable())
  say(self.wfile:write("write data\n"))
  say(repr(self.rfile:readline()))
  say(self.wfile:write(("\0"):rep(BIG)))
end

local function reader(address)
  local s <close> = socket.create_connection(address)
  local f <close> = s:makefile("rb")
  local line = f:readline()
  s:sendall("client response\n")
  return repr(line), #f:read(100), #f:read()
end

serve(Writer, reader)

-- A file with a buffer is flushed at the end, by finish.
local Buffered = socketserver.class(socketserver.StreamRequestHandler)
Buffered.wbufsize = -1
Buffered.timeout = 7.5
Buffered.disable_nagle_algorithm = true
function Buffered:handle()
  say(rawequal(self.connection, self.request), self.connection:gettimeout(),
    self.connection:getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) ~= 0)
  self.wfile:write("late\n")
  self.request:sendall("early\n")
end
function Buffered:finish()
  say(self.wfile.closed, self.rfile.closed)
  socketserver.StreamRequestHandler.finish(self)
  say(self.wfile.closed, self.rfile.closed)
end

local function reads_all(address)
  local s <close> = socket.create_connection(address)
  local f <close> = s:makefile("rb")
  return repr(f:readline()), repr(f:readline()), repr(f:read())
end

serve(Buffered, reads_all)

-- A request of a datagram server is the datagram and the server's socket; what is written to wfile goes in one datagram.
local Datagram = socketserver.class(socketserver.DatagramRequestHandler)
function Datagram:handle()
  say(repr(self.packet), rawequal(self.socket, self.server.socket), self.request[1] == self.packet)
  say(repr(self.rfile:read(2)), repr(self.rfile:readline()), repr(self.rfile:read()), repr(self.rfile:read()))
  self.wfile:write("one,")
  self.wfile:write("two")
end

local Small = socketserver.class(socketserver.UDPServer)
Small.max_packet_size = 8

local function datagram(address)
  local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
  s:sendto("first\nsecond", address)
  return repr(s:recv(100))
end

serve(Datagram, datagram, socketserver.UDPServer)
serve(Datagram, datagram, Small)

-- A function is a handler too: it is called with the same.
local function plain(request, client_address, server)
  say(repr(request:recv(100)), client_address.host, server:fileno() >= 0)
end

local function says(address)
  local s <close> = socket.create_connection(address)
  s:sendall("plain")
  return "said"
end

serve(plain, says)
