-- Every server of CPython's own test_socketserver, asked three times.
local function ask_stream(family, address)
  local s <close> = socket.socket(family, socket.SOCK_STREAM)
  s:connect(address)
  s:sendall("hello world\n")
  local f <close> = s:makefile("rb")
  return f:readline()
end

local function ask_datagram(family, address)
  local s <close> = socket.socket(family, socket.SOCK_DGRAM)
  if family == socket.AF_UNIX then s:bind("") end
  s:sendto("hello world\n", address)
  return s:recv(100)
end

local function run(name, handler, ask)
  local base = socketserver[name]
  local Server = socketserver.class(base)
  function Server:handle_error(request, client_address, e)
    self:close_request(request)
    error(e, 0)
  end

  local Handler = socketserver.class(handler)
  function Handler:handle()
    local line = self.rfile:readline()
    self.wfile:write(line)
  end

  local family = base.address_family
  local server = Server(family == socket.AF_INET and {"127.0.0.1", 0} or name, Handler)
  local address = server.server_address
  print(name .. " " .. repr(address == server.socket:getsockname()) .. " " .. repr(server:fileno() == server.socket:fileno()))
  local t = task.spawn(server.serve_forever, server, {poll_interval = 0.01})
  for i = 1, 3 do print(repr(ask(family, address))) end
  server:shutdown()
  t:join()
  server:server_close()
  local children = server.active_children
  print(server.socket:fileno() .. " " .. (children and (next(children) and "some" or "0") or "True"))
end

local stream, datagram = socketserver.StreamRequestHandler, socketserver.DatagramRequestHandler
run("TCPServer", stream, ask_stream)
run("ThreadingTCPServer", stream, ask_stream)
run("ForkingTCPServer", stream, ask_stream)
run("UnixStreamServer", stream, ask_stream)
run("ThreadingUnixStreamServer", stream, ask_stream)
run("ForkingUnixStreamServer", stream, ask_stream)
run("UDPServer", datagram, ask_datagram)
run("ThreadingUDPServer", datagram, ask_datagram)
run("ForkingUDPServer", datagram, ask_datagram)
run("UnixDatagramServer", datagram, ask_datagram)
run("ThreadingUnixDatagramServer", datagram, ask_datagram)
run("ForkingUnixDatagramServer", datagram, ask_datagram)
