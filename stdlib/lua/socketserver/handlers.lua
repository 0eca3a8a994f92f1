-- A page of `socketserver`: the handlers. One is made for each request, and does its work in `handle`.

local BaseRequestHandler = define("BaseRequestHandler")

-- Does everything: the object is made for one request. `request`, `client_address` and `server` are there from the start.
function BaseRequestHandler:__init__(...)
  self.request, self.client_address, self.server = bind(class_name(self), {"request", "client_address", "server"}, 3, ...)
  self:setup()
  -- Calls finish() on every way out.
  local _ <close> = self
  self:handle()
end

function BaseRequestHandler:__exit__() self:finish() end

-- Before, the work itself, and after. To be overridden.
function BaseRequestHandler:setup(...) exactly("BaseRequestHandler.setup", NOTHING, ...) end
function BaseRequestHandler:handle(...) exactly("BaseRequestHandler.handle", NOTHING, ...) end
function BaseRequestHandler:finish(...) exactly("BaseRequestHandler.finish", NOTHING, ...) end

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

function StreamRequestHandler:setup(...)
  exactly("StreamRequestHandler.setup", NOTHING, ...)
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

function StreamRequestHandler:finish(...)
  exactly("StreamRequestHandler.finish", NOTHING, ...)
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
  -- A copy, of what can be changed.
  if type(data) == "userdata" then data = bytearray(data):bytes() end
  if type(data) ~= "string" then
    error(errors.TypeError("a bytes-like object is required, not '" .. type(data) .. "'"), 2)
  end
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
function DatagramRequestHandler:setup(...)
  exactly("DatagramRequestHandler.setup", NOTHING, ...)
  self.packet, self.socket = self.request[1], self.request[2]
  self.rfile, self.wfile = BytesIO(self.packet), BytesIO()
end

function DatagramRequestHandler:finish(...)
  exactly("DatagramRequestHandler.finish", NOTHING, ...)
  self.socket:sendto(self.wfile:getvalue(), self.client_address)
end
