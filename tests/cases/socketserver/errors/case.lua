-- What handlers raise: handle_error() gets it, except the end of the program, as CPython's test_socketserver has it.
local function log(text)
  local file <close> = io.open("log", "a")
  file:write(text)
end

local BadHandler = socketserver.class(socketserver.BaseRequestHandler)
function BadHandler:handle()
  log("handled\n")
  self.server.exception()
end
function BadHandler:finish() log("finished\n") end

local Sync = socketserver.class(socketserver.TCPServer)
function Sync:__init__(exception)
  self.exception = exception
  self.done = task.channel()
  socketserver.TCPServer.__init__(self, {"127.0.0.1", 0}, BadHandler)
end
function Sync:handle_error(request, client_address, e)
  log(("told of %s: %s, a client of %s\n"):format(e.name, e.message, client_address.host))
end
function Sync:shutdown_request(request)
  socketserver.TCPServer.shutdown_request(self, request)
  self.done:send(true)
end

local Threading = socketserver.class(socketserver.ThreadingMixIn, Sync)
local Forking = socketserver.class(socketserver.ForkingMixIn, Sync)

local function ValueError() error(errors.ValueError("Test error")) end
local function SystemExit() sys.exit("Test error") end
for _, kind in ipairs {{"sync", Sync}, {"threading", Threading}, {"forking", Forking}} do
  for _, exception in ipairs {{"ValueError", ValueError}, {"SystemExit", SystemExit}} do
    io.open("log", "w"):close()
    local server = kind[2](exception[2])
    local c = socket.create_connection(server.server_address)
    local ok, e = pcall(server.handle_request, server)
    if kind[1] ~= "forking" then server.done:recv() end
    local last = c:recv(1)
    c:close()
    server:server_close()
    local lines = {}
    for line in io.lines("log") do lines[#lines + 1] = repr(line):sub(2) end
    print(("%s %s %s %s [%s]"):format(kind[1], exception[1], ok and "went on" or e.name, repr(last), table.concat(lines, ", ")))
  end
end

-- An override may still do what the base does.
local Both = socketserver.class(socketserver.TCPServer)
function Both:handle_error(request, client_address)
  print("mine " .. client_address.host)
  socketserver.TCPServer.handle_error(self, request, client_address)
end

Both.exception = ValueError
do
  local server <close> = Both({"127.0.0.1", 0}, BadHandler)
  local c <close> = socket.create_connection(server.server_address)
  server:handle_request()
end

-- A server needs an address and a handler, a handler its request.
for count = 0, 1 do
  local ok, e = pcall(socketserver.TCPServer, table.unpack({{"127.0.0.1", 0}}, 1, count))
  local text = e.message .. (count == 0 and " 'RequestHandlerClass'" or "")
  print(e.name .. " " .. repr(text:find("server_address") ~= nil) .. " " .. repr(text:find("RequestHandlerClass") ~= nil))
end

-- What handle_error() raises goes on, and the connection is closed all the same.
local Raises = socketserver.class(socketserver.TCPServer)
Raises.exception = ValueError
function Raises:handle_error(request, client_address) error(errors.KeyError("from handle_error")) end

local ThreadingRaises = socketserver.class(socketserver.ThreadingMixIn, Raises)
function ThreadingRaises:process_request_thread(request, client_address)
  local ok, e = pcall(socketserver.ThreadingMixIn.process_request_thread, self, request, client_address)
  if not ok then print("in its thread " .. e.name) end
end

for _, Server in ipairs {Raises, ThreadingRaises} do
  local server <close> = Server({"127.0.0.1", 0}, BadHandler)
  local c <close> = socket.create_connection(server.server_address)
  local ok, e = pcall(server.handle_request, server)
  if not ok then print(e.name) end
  c:settimeout(10)
  local last = c:recv(1)
  server:server_close()
  print(repr(last))
end
