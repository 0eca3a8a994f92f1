-- A page of `socketserver`: the servers, which wait for requests and make a handler for each. BaseServer is the loop and the
-- hooks; the others say what a request is: a connection or a datagram, of the Internet or of a Unix socket.

local BaseServer = define("BaseServer")

-- Seconds handle_request() waits; nil: for ever.
BaseServer.timeout = nil

function BaseServer:__init__(...)
  self.server_address, self.RequestHandlerClass = bind(class_name(self), {"server_address", "RequestHandlerClass"}, 2, ...)
  self._shutdown_request = false
  self._is_shut_down = false
  -- Closed when serve_forever() has ended.
  self._ended = task.channel()
end

-- Called by the constructor to make the server ready. May be overridden.
function BaseServer:server_activate(...) exactly("BaseServer.server_activate", NOTHING, ...) end

-- What a class needs that derives from BaseServer alone.
local function attribute(self, name)
  local value = self[name]
  if value ~= nil then return value end
  error(errors.AttributeError(("'%s' object has no attribute '%s'"):format(class_name(self), name)), 0)
end

-- A number of seconds to wait, where a script may have given something else; nil is for ever, and what is negative no time.
local function seconds(value, what)
  if value == nil then return nil end
  if type(value) ~= "number" then
    error(errors.TypeError(("%s must be float, not %s"):format(what, type(value))), 3)
  end
  return math.max(value, 0)
end

-- Waits until the server's descriptor has something, at most `timeout` seconds. A class may have its own idea of fileno().
local own_fileno
local function wait_readable(self, timeout)
  local fileno = self.fileno
  if fileno == nil then error(errors.ValueError("Invalid file object: " .. repr(self)), 0) end
  local fd = fileno(self)
  if type(fd) == "number" and fd < 0 then error(errors.ValueError(("Invalid file descriptor: %d"):format(fd)), 0) end
  if fileno == own_fileno then return native.wait_readable(self.socket, timeout) end
  return #select.select({fd}, {}, {}, timeout) > 0
end

-- The same for serve_forever(): shutdown() ends the wait.
local function wait_for_request(self, timeout)
  self._idle = task.current()
  local ok, ready = pcall(wait_readable, self, timeout)
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
function BaseServer:serve_forever(...)
  local poll_interval = bind("BaseServer.serve_forever", {"poll_interval"}, 0, ...)
  poll_interval = seconds(poll_interval, "serve_forever() argument 'poll_interval'") or 0.5
  if self._is_shut_down then self._is_shut_down, self._ended = false, task.channel() end
  self._serving = task.current()
  local ok, e = pcall(function()
    while not self._shutdown_request do
      local ready = wait_for_request(self, poll_interval)
      if self._shutdown_request then break end
      if ready then self:_handle_request_noblock() end
      self:service_actions()
    end
  end)
  self._shutdown_request = false
  self._serving = nil
  self._is_shut_down = true
  self._ended:close()
  if not ok then error(e, 0) end
end

-- Ends serve_forever() and returns when it has ended. To be called by another task than the one that serves.
function BaseServer:shutdown(...)
  exactly("BaseServer.shutdown", NOTHING, ...)
  if task.current() == self._serving then
    error(errors.RuntimeError("shutdown() waits for serve_forever(), which waits for the caller: call it in another task"), 2)
  end
  self._shutdown_request = true
  if self._idle and not self._woken then
    self._woken = true
    self._idle:cancel()
  end
  local _, e = pcall(self._ended.recv, self._ended)
  if not e:is(task.ShutDown) then error(e, 0) end
end

-- Called at each turn of serve_forever(). May be overridden.
function BaseServer:service_actions(...) exactly("BaseServer.service_actions", NOTHING, ...) end

-- Handles one request; calls handle_timeout() when none comes in `timeout` seconds (the socket's or the server's).
function BaseServer:handle_request(...)
  exactly("BaseServer.handle_request", NOTHING, ...)
  local timeout = attribute(self, "socket"):gettimeout()
  if timeout == nil then
    timeout = seconds(self.timeout, "the server's timeout")
  elseif self.timeout ~= nil then
    timeout = math.min(timeout, seconds(self.timeout, "the server's timeout"))
  end
  local deadline = timeout and time.monotonic() + timeout
  while true do
    if wait_readable(self, timeout) then return self:_handle_request_noblock() end
    if deadline then
      timeout = deadline - time.monotonic()
      if timeout < 0 then return self:handle_timeout() end
    end
  end
end

-- What is being handled: the tasks that are in handle_error(), each with its error and the traceback.
local handled = {}

local function tell(self, request, client_address, e, traceback)
  local this <close> = setmetatable({task = task.current(), error = e, traceback = traceback}, {__close = function(this)
    for place, other in ipairs(handled) do
      if rawequal(other, this) then return table.remove(handled, place) end
    end
  end})
  table.insert(handled, 1, this)
  self:handle_error(request, client_address, e)
end

local function description(e)
  for _, one in ipairs(handled) do
    if one.task == task.current() and (e == nil or rawequal(e, one.error)) then return one.traceback end
  end
  return tostring(e)
end

-- Handles a request that is there. Its errors go to handle_error(), those that end the task go on.
function BaseServer:_handle_request_noblock()
  local ok, request, client_address = pcall(attribute(self, "get_request"), self)
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
  local is_told = false
  if is_exception(e) then
    -- CPython's request closes by itself when nobody has it any more.
    is_told, e = pcall(tell, self, request, client_address, e, traceback)
  end
  self:shutdown_request(request)
  if not is_told then error(e, 0) end
end

-- Called when handle_request() has waited in vain. May be overridden.
function BaseServer:handle_timeout(...) exactly("BaseServer.handle_timeout", NOTHING, ...) end

-- Whether to process a request. May be overridden.
function BaseServer:verify_request(...)
  exactly("BaseServer.verify_request", BOTH, ...)
  return true
end

-- Processes a request: here and now. ThreadingMixIn and ForkingMixIn do it elsewhere.
function BaseServer:process_request(...)
  local request, client_address = exactly("BaseServer.process_request", BOTH, ...)
  self:finish_request(request, client_address)
  self:shutdown_request(request)
end

-- Called to clean up the server. May be overridden.
function BaseServer:server_close(...) exactly("BaseServer.server_close", NOTHING, ...) end

-- Makes the handler, which does the work.
function BaseServer:finish_request(...)
  local request, client_address = exactly("BaseServer.finish_request", BOTH, ...)
  self.RequestHandlerClass(request, client_address, self)
end

-- Called to end a request. May be overridden.
function BaseServer:shutdown_request(...)
  local request = exactly("BaseServer.shutdown_request", REQUEST, ...)
  self:close_request(request)
end

-- Called to clean up a request. May be overridden.
function BaseServer:close_request(...) exactly("BaseServer.close_request", REQUEST, ...) end

-- Called when a handler has raised, and the server goes on. May be overridden. Python finds the error in sys.exc_info(); here
-- it is one argument more, for who wants it. This one prints it with its traceback.
function BaseServer:handle_error(...)
  local _, client_address, e = fitting(2, "BaseServer.handle_error", {"request", "client_address", "e"}, 2, ...)
  local line = ("-"):rep(40)
  sys.stderr:write(("%s\nException occurred during processing of request from %s\n%s\n%s\n"):format(
    line, repr(client_address), description(e), line))
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

function TCPServer:__init__(...)
  local server_address, RequestHandlerClass, bind_and_activate =
    bind(class_name(self), {"server_address", "RequestHandlerClass", "bind_and_activate"}, 2, ...)
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
function TCPServer:server_bind(...)
  exactly("TCPServer.server_bind", NOTHING, ...)
  if self.allow_reuse_address then self.socket:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1) end
  local is_inet = self.address_family == socket.AF_INET or self.address_family == socket.AF_INET6
  if self.allow_reuse_port and is_inet then self.socket:setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1) end
  self.socket:bind(self.server_address)
  self.server_address = self.socket:getsockname()
end

function TCPServer:server_activate(...)
  exactly("TCPServer.server_activate", NOTHING, ...)
  self.socket:listen(self.request_queue_size)
end

function TCPServer:server_close(...)
  exactly("TCPServer.server_close", NOTHING, ...)
  self.socket:close()
end

-- The descriptor to wait for.
function TCPServer:fileno(...)
  exactly("TCPServer.fileno", NOTHING, ...)
  return self.socket:fileno()
end
own_fileno = TCPServer.fileno

-- Returns a request and the client's address. May be overridden.
function TCPServer:get_request(...)
  exactly("TCPServer.get_request", NOTHING, ...)
  return self.socket:accept()
end

function TCPServer:shutdown_request(...)
  local request = exactly("TCPServer.shutdown_request", REQUEST, ...)
  -- Not every connection is one any more.
  local ok, e = pcall(request.shutdown, request, socket.SHUT_WR)
  if not ok and not e:is(errors.OSError) then error(e, 0) end
  self:close_request(request)
end

function TCPServer:close_request(...)
  local request = exactly("TCPServer.close_request", REQUEST, ...)
  request:close()
end

-- A request is the datagram and the socket: {data, socket}.
local UDPServer = define("UDPServer", TCPServer)

UDPServer.socket_type = socket.SOCK_DGRAM
UDPServer.max_packet_size = 8192

function UDPServer:get_request(...)
  exactly("UDPServer.get_request", NOTHING, ...)
  local data, client_address = self.socket:recvfrom(self.max_packet_size)
  return {data, self.socket}, client_address
end

function UDPServer:server_activate(...) exactly("UDPServer.server_activate", NOTHING, ...) end

function UDPServer:shutdown_request(...)
  local request = exactly("UDPServer.shutdown_request", REQUEST, ...)
  self:close_request(request)
end

function UDPServer:close_request(...) exactly("UDPServer.close_request", REQUEST, ...) end

define("UnixStreamServer", TCPServer).address_family = socket.AF_UNIX
define("UnixDatagramServer", UDPServer).address_family = socket.AF_UNIX
