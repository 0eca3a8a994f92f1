-- Servers in classes, as Python's `socketserver` has them: a server takes connections or datagrams, and for each makes a
-- handler, an object of a class of yours. Called with the module's table, which it fills.
--
--   local Echo = socketserver.class(socketserver.StreamRequestHandler)
--   function Echo:handle() for line in self.rfile:lines() do self.wfile:write(line) end end
--   local server <close> = socketserver.ThreadingTCPServer({"", 7000}, Echo)
--   server:serve_forever()

local module = ...
local socket, task, time, errors, sys = require "socket", require "task", require "time", require "errors", require "sys"
local native = require "_socketserver"
local debug = debug

-- Classes -------------------------------------------------------------------------------------------------------------

-- What a class asks for a name it does not have itself: its bases in Python's order, a base after all that derive from it.
local function order(bases)
  local all, seen, result = {}, {}, {}
  for _, base in ipairs(bases) do
    for _, class in ipairs(base.__mro__) do all[#all + 1] = class end
  end
  for i = #all, 1, -1 do
    if not seen[all[i]] then
      seen[all[i]] = true
      table.insert(result, 1, all[i])
    end
  end
  return result
end

-- A new class. Called like a function it makes an object and hands its arguments to the object's __init__.
local function class(...)
  local bases = {...}
  for place, base in ipairs(bases) do
    if type(base) ~= "table" or not rawget(base, "__mro__") then
      error(errors.TypeError(("class() argument %d must be a class, not %s"):format(place, type(base))), 2)
    end
  end
  local new = {}
  local above = order(bases)
  new.__index = new
  new.__name = bases[1] and bases[1].__name or "object"
  new.__mro__ = {new, table.unpack(above)}
  new.__close = function(self) return self:__exit__() end
  local index = above[1]
  if #bases > 1 then
    index = function(_, name)
      for _, base in ipairs(above) do
        local value = rawget(base, name)
        if value ~= nil then return value end
      end
    end
  end
  return setmetatable(new, {
    __index = index,
    __call = function(_, ...)
      local self = setmetatable({}, new)
      self:__init__(...)
      return self
    end,
  })
end
module.class = class

local function define(name, ...)
  local new = class(...)
  new.__name = "socketserver." .. name
  module[name] = new
  return new
end

-- Whether a failure is one that Python's `except Exception` catches: all but the end of the program or of the task.
local function is_exception(e)
  return type(e) ~= "userdata" or errors.Exception == nil or e:is(errors.Exception)
end

-- An error of Lua's own does not know how it came about once it is caught: a pair of it and its traceback does.
local Traced = {}
local function traced(e)
  if type(e) == "userdata" then return e end
  return setmetatable({e, debug and debug.traceback(tostring(e), 2) or tostring(e)}, Traced)
end
local function untraced(e)
  if getmetatable(e) == Traced then return e[1], e[2] end
  return e, tostring(e)
end

-- BaseServer ----------------------------------------------------------------------------------------------------------

local BaseServer = define("BaseServer")

-- Seconds handle_request() waits; nil: for ever.
BaseServer.timeout = nil

function BaseServer:__init__(server_address, RequestHandlerClass)
  self.server_address = server_address
  self.RequestHandlerClass = RequestHandlerClass
  self._shutdown_request = false
  self._is_shut_down = false
  self._stoppers = {}
end

-- Called by the constructor to make the server ready. May be overridden.
function BaseServer:server_activate() end

-- Waits until the server's descriptor has something, at most `timeout` seconds. shutdown() ends the wait.
local function wait_for_request(self, timeout)
  self._idle = task.current()
  local ok, ready = pcall(native.wait_readable, self.socket, timeout)
  self._idle = nil
  if ok then return ready end
  if self._woken then
    self._woken = false
    return false
  end
  error(ready, 0)
end

-- Handles requests until shutdown() is called by another task. `poll_interval` is how often, in seconds, service_actions()
-- is called where no request comes.
function BaseServer:serve_forever(poll_interval)
  if type(poll_interval) == "table" then poll_interval = poll_interval.poll_interval end
  self._is_shut_down = false
  self._serving = task.current()
  local ok, e = pcall(function()
    while not self._shutdown_request do
      local ready = wait_for_request(self, poll_interval or 0.5)
      if self._shutdown_request then break end
      if ready then self:_handle_request_noblock() end
      self:service_actions()
    end
  end)
  self._shutdown_request = false
  self._serving = nil
  self._is_shut_down = true
  local stoppers = self._stoppers
  self._stoppers = {}
  for _, stopper in ipairs(stoppers) do stopper:cancel() end
  if not ok then error(e, 0) end
end

-- Ends serve_forever() and returns when it has ended. To be called by another task than the one that serves.
function BaseServer:shutdown()
  local current = task.current()
  if current == self._serving then
    error(errors.RuntimeError("shutdown() waits for serve_forever(), which waits for the caller: call it in another task"), 2)
  end
  self._shutdown_request = true
  if self._idle and not self._woken then
    self._woken = true
    self._idle:cancel()
  end
  if self._is_shut_down then return end
  table.insert(self._stoppers, current)
  -- It is woken by being cancelled.
  local _, e = pcall(task.sleep, 1e9)
  if not self._is_shut_down then error(e, 0) end
end

-- Called at each turn of serve_forever(). May be overridden.
function BaseServer:service_actions() end

-- Handles one request; calls handle_timeout() when none comes in `timeout` seconds (the socket's or the server's).
function BaseServer:handle_request()
  local timeout = self.socket:gettimeout()
  if timeout == nil then
    timeout = self.timeout
  elseif self.timeout ~= nil then
    timeout = math.min(timeout, self.timeout)
  end
  local deadline = timeout and time.monotonic() + timeout
  while true do
    if native.wait_readable(self.socket, timeout) then return self:_handle_request_noblock() end
    if deadline then
      timeout = deadline - time.monotonic()
      if timeout < 0 then return self:handle_timeout() end
    end
  end
end

-- Handles a request that is there. Its errors go to handle_error(), those that end the task go on.
function BaseServer:_handle_request_noblock()
  local ok, request, client_address = pcall(self.get_request, self)
  if not ok then
    if type(request) == "userdata" and request:is(errors.OSError) then return end
    error(request, 0)
  end
  if not self:verify_request(request, client_address) then
    self:shutdown_request(request)
    return
  end
  local ok, e = xpcall(self.process_request, traced, self, request, client_address)
  if ok then return end
  local e, traceback = untraced(e)
  if not is_exception(e) then
    self:shutdown_request(request)
    error(e, 0)
  end
  self:handle_error(request, client_address, e, traceback)
  self:shutdown_request(request)
end

-- Called when handle_request() has waited in vain. May be overridden.
function BaseServer:handle_timeout() end

-- Whether to process a request. May be overridden.
function BaseServer:verify_request(request, client_address) return true end

-- Processes a request: here and now. ThreadingMixIn and ForkingMixIn do it elsewhere.
function BaseServer:process_request(request, client_address)
  self:finish_request(request, client_address)
  self:shutdown_request(request)
end

-- Called to clean up the server. May be overridden.
function BaseServer:server_close() end

-- Makes the handler, which does the work.
function BaseServer:finish_request(request, client_address)
  self.RequestHandlerClass(request, client_address, self)
end

-- Called to end a request. May be overridden.
function BaseServer:shutdown_request(request) self:close_request(request) end

-- Called to clean up a request. May be overridden.
function BaseServer:close_request(request) end

-- Told of what a handler raised; the server goes on. May be overridden. Python finds the error in sys.exc_info(); here it
-- and its traceback, a text, are handed over.
function BaseServer:handle_error(request, client_address, e, traceback)
  local line = ("-"):rep(40)
  sys.stderr:write(("%s\nException occurred during processing of request from %s\n%s\n%s\n"):format(
    line, repr(client_address), traceback, line))
end

function BaseServer:__enter__() return self end

function BaseServer:__exit__() self:server_close() end

-- TCPServer, UDPServer ------------------------------------------------------------------------------------------------

local TCPServer = define("TCPServer", BaseServer)

TCPServer.address_family = socket.AF_INET
TCPServer.socket_type = socket.SOCK_STREAM
-- Connections the kernel keeps until they are accepted.
TCPServer.request_queue_size = 5
TCPServer.allow_reuse_address = false
TCPServer.allow_reuse_port = false

function TCPServer:__init__(server_address, RequestHandlerClass, bind_and_activate)
  if type(bind_and_activate) == "table" then bind_and_activate = bind_and_activate.bind_and_activate end
  BaseServer.__init__(self, server_address, RequestHandlerClass)
  self.socket = socket.socket(self.address_family, self.socket_type)
  if bind_and_activate ~= false then
    local ok, e = pcall(function()
      self:server_bind()
      self:server_activate()
    end)
    if not ok then
      self:server_close()
      error(e, 0)
    end
  end
end

-- Called by the constructor to bind the socket. May be overridden.
function TCPServer:server_bind()
  if self.allow_reuse_address then self.socket:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) end
  local is_inet = self.address_family == socket.AF_INET or self.address_family == socket.AF_INET6
  if self.allow_reuse_port and is_inet then self.socket:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1) end
  self.socket:bind(self.server_address)
  self.server_address = self.socket:getsockname()
end

function TCPServer:server_activate() self.socket:listen(self.request_queue_size) end

function TCPServer:server_close() self.socket:close() end

-- The descriptor to wait for.
function TCPServer:fileno() return self.socket:fileno() end

-- Returns a request and the client's address. May be overridden.
function TCPServer:get_request() return self.socket:accept() end

function TCPServer:shutdown_request(request)
  -- Not every connection is one any more.
  local ok, e = pcall(request.shutdown, request, socket.SHUT_WR)
  if not ok and not e:is(errors.OSError) then error(e, 0) end
  self:close_request(request)
end

function TCPServer:close_request(request) request:close() end

-- A request is the datagram and the socket: {data, socket}.
local UDPServer = define("UDPServer", TCPServer)

UDPServer.socket_type = socket.SOCK_DGRAM
UDPServer.max_packet_size = 8192

function UDPServer:get_request()
  local data, client_address = self.socket:recvfrom(self.max_packet_size)
  return {data, self.socket}, client_address
end

function UDPServer:server_activate() end

function UDPServer:shutdown_request(request) self:close_request(request) end

function UDPServer:close_request(request) end

define("UnixStreamServer", TCPServer).address_family = socket.AF_UNIX
define("UnixDatagramServer", UDPServer).address_family = socket.AF_UNIX

-- Each request in a task of its own -----------------------------------------------------------------------------------

local ThreadingMixIn = define("ThreadingMixIn")

-- Whether server_close() and the end of the program leave the requests' tasks alone: the former does not wait for them, the
-- latter ends them.
ThreadingMixIn.daemon_threads = false
-- Whether server_close() waits for the requests' tasks.
ThreadingMixIn.block_on_close = true

-- What a request's task does.
function ThreadingMixIn:process_request_thread(request, client_address)
  local ok, e = xpcall(self.finish_request, traced, self, request, client_address)
  if not ok then
    local e, traceback = untraced(e)
    if not is_exception(e) then
      self:shutdown_request(request)
      error(e, 0)
    end
    self:handle_error(request, client_address, e, traceback)
  end
  self:shutdown_request(request)
end

local function run(self, number, request, client_address)
  local ok, e = pcall(self.process_request_thread, self, request, client_address)
  self._threads[number] = nil
  if not ok then error(e, 0) end
end

function ThreadingMixIn:process_request(request, client_address)
  if self.daemon_threads or not self.block_on_close then
    local thread = task.spawn(self.process_request_thread, self, request, client_address)
    if self.daemon_threads then native.set_daemon(thread) end
    return
  end
  self._threads = self._threads or {}
  local number = (self._last_thread or 0) + 1
  self._last_thread = number
  self._threads[number] = task.spawn(run, self, number, request, client_address)
end

-- The next class's, which a mix-in cannot name.
local function close_server(mixin, self)
  local found = false
  for _, class in ipairs(getmetatable(self).__mro__) do
    local close = found and rawget(class, "server_close")
    if close then return close(self) end
    found = found or class == mixin
  end
end

function ThreadingMixIn:server_close()
  close_server(ThreadingMixIn, self)
  local number, thread = next(self._threads or {})
  while thread do
    -- What it raised was told when it did.
    if thread ~= task.current() then pcall(thread.join, thread) end
    self._threads[number] = nil
    number, thread = next(self._threads)
  end
end

for _, name in ipairs {"TCPServer", "UDPServer", "UnixStreamServer", "UnixDatagramServer"} do
  define("Threading" .. name, ThreadingMixIn, module[name])
end

-- Each request in a process of its own --------------------------------------------------------------------------------

local ForkingMixIn = define("ForkingMixIn")

ForkingMixIn.timeout = 300
-- A set of process ids, as keys; nil before the first.
ForkingMixIn.active_children = nil
ForkingMixIn.max_children = 40
-- Whether server_close() waits until all children have ended.
ForkingMixIn.block_on_close = true

-- Reaps children that have ended: waits for some where there are too many, for all with {blocking = true}.
function ForkingMixIn:collect_children(options)
  local children = self.active_children
  if not children then return end
  local blocking = options and options.blocking
  local pids = {}
  for pid in pairs(children) do pids[#pids + 1] = pid end
  while #pids > 0 do
    local must_wait = blocking or #pids >= self.max_children
    local ended, left = native.reap(pids, must_wait), {}
    for _, pid in ipairs(ended) do children[pid] = nil end
    for _, pid in ipairs(pids) do
      if children[pid] then left[#left + 1] = pid end
    end
    pids = left
    if not must_wait then break end
  end
end

function ForkingMixIn:handle_timeout() self:collect_children() end

function ForkingMixIn:service_actions() self:collect_children() end

function ForkingMixIn:process_request(request, client_address)
  local pid = native.fork(function()
    -- In the child, which ends with this function: with the status 1 when it raises.
    local ok, e = xpcall(self.finish_request, traced, self, request, client_address)
    local traceback
    if not ok then
      e, traceback = untraced(e)
      if is_exception(e) then self:handle_error(request, client_address, e, traceback) end
    end
    self:shutdown_request(request)
    if not ok then error(e, 0) end
  end)
  self.active_children = self.active_children or {}
  self.active_children[pid] = true
  self:close_request(request)
end

function ForkingMixIn:server_close()
  close_server(ForkingMixIn, self)
  self:collect_children {blocking = self.block_on_close}
end

for _, name in ipairs {"TCPServer", "UDPServer", "UnixStreamServer", "UnixDatagramServer"} do
  define("Forking" .. name, ForkingMixIn, module[name])
end

-- Handlers ------------------------------------------------------------------------------------------------------------

local BaseRequestHandler = define("BaseRequestHandler")

-- Does everything: the object is made for one request. `request`, `client_address` and `server` are there from the start.
function BaseRequestHandler:__init__(request, client_address, server)
  self.request, self.client_address, self.server = request, client_address, server
  self:setup()
  -- Calls finish() on every way out.
  local _ <close> = self
  self:handle()
end

function BaseRequestHandler:__exit__() self:finish() end

-- Before, the work itself, and after. To be overridden.
function BaseRequestHandler:setup() end
function BaseRequestHandler:handle() end
function BaseRequestHandler:finish() end

-- A file to write to that keeps nothing back.
local SocketWriter = class()
SocketWriter.__name = "socketserver._SocketWriter"
SocketWriter.closed = false
function SocketWriter:__init__(sock) self._sock = sock end
function SocketWriter:writable() return true end
function SocketWriter:readable() return false end
function SocketWriter:fileno() return self._sock:fileno() end
function SocketWriter:flush() end
function SocketWriter:close() self.closed = true end
function SocketWriter:__exit__() self:close() end
function SocketWriter:write(data)
  if self.closed then error(errors.ValueError("write to closed file"), 2) end
  self._sock:sendall(data)
  return #data
end
function SocketWriter:writelines(lines)
  for _, line in ipairs(lines) do self:write(line) end
end

local StreamRequestHandler = define("StreamRequestHandler", BaseRequestHandler)

-- Buffers of rfile and wfile, as makefile's `buffering`: a negative number is the default, 0 none.
StreamRequestHandler.rbufsize = -1
StreamRequestHandler.wbufsize = 0
-- Seconds for the connection's timeout; nil leaves it as it is.
StreamRequestHandler.timeout = nil
-- Whether to set TCP_NODELAY.
StreamRequestHandler.disable_nagle_algorithm = false

function StreamRequestHandler:setup()
  self.connection = self.request
  if self.timeout ~= nil then self.connection:settimeout(self.timeout) end
  if self.disable_nagle_algorithm then self.connection:setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, true) end
  self.rfile = self.connection:makefile("rb", self.rbufsize)
  if self.wbufsize == 0 then
    self.wfile = SocketWriter(self.connection)
  else
    self.wfile = self.connection:makefile("wb", self.wbufsize)
  end
end

function StreamRequestHandler:finish()
  if not self.wfile.closed then
    -- The peer may be gone by now.
    local ok, e = pcall(self.wfile.flush, self.wfile)
    if not ok and not e:is(errors.OSError) then error(e, 0) end
  end
  self.wfile:close()
  self.rfile:close()
end

-- Bytes to read from or to write to, as Python's io.BytesIO: what a datagram's handler has for files.
local BytesIO = class()
BytesIO.__name = "_io.BytesIO"
BytesIO.closed = false
function BytesIO:__init__(data) self._parts, self._data, self._place = {}, data or "", 1 end
function BytesIO:getvalue()
  if #self._parts > 0 then
    self._data = self._data .. table.concat(self._parts)
    self._parts = {}
  end
  return self._data
end
function BytesIO:read(size)
  local first = self._place
  local last = size and size >= 0 and first + size - 1 or #self:getvalue()
  self._place = math.min(last, #self._data) + 1
  return self._data:sub(first, last)
end
function BytesIO:readline()
  local data, first = self:getvalue(), self._place
  local last = data:find("\n", first, true) or #data
  self._place = last + 1
  return data:sub(first, last)
end
function BytesIO:lines()
  return function()
    local line = self:readline()
    return line ~= "" and line or nil
  end
end
function BytesIO:readlines()
  local lines = {}
  for line in self:lines() do lines[#lines + 1] = line end
  return lines
end
function BytesIO:write(data)
  self._parts[#self._parts + 1] = data
  return #data
end
function BytesIO:writelines(lines)
  for _, line in ipairs(lines) do self:write(line) end
end
function BytesIO:readable() return true end
function BytesIO:writable() return true end
function BytesIO:flush() end
function BytesIO:close() self.closed = true end
function BytesIO:__exit__() self:close() end

local DatagramRequestHandler = define("DatagramRequestHandler", BaseRequestHandler)

-- What is written to wfile is sent, in one datagram, when the handler is done.
function DatagramRequestHandler:setup()
  self.packet, self.socket = self.request[1], self.request[2]
  self.rfile, self.wfile = BytesIO(self.packet), BytesIO()
end

function DatagramRequestHandler:finish() self.socket:sendto(self.wfile:getvalue(), self.client_address) end
