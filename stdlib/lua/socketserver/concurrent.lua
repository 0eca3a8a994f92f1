-- A page of `socketserver`: the mix-ins, by which a server handles several requests at once, in tasks or in processes.

-- Each request in a task of its own -----------------------------------------------------------------------------------

local ThreadingMixIn = define("ThreadingMixIn")

-- Whether server_close() and the end of the program leave the requests' tasks alone: the former does not wait for them, the
-- latter ends them.
ThreadingMixIn.daemon_threads = false
-- Whether server_close() waits for the requests' tasks.
ThreadingMixIn.block_on_close = true

-- A request in its task: shut down on every way out, also where handle_error() raises.
local Handling = {__close = function(this) this.server:shutdown_request(this.request) end}

-- What a request's task does.
function ThreadingMixIn:process_request_thread(...)
  local request, client_address = exactly("ThreadingMixIn.process_request_thread", BOTH, ...)
  local _ <close> = setmetatable({server = self, request = request}, Handling)
  local ok, e = xpcall(self.finish_request, traced, self, request, client_address)
  if not ok then
    local e, traceback = untraced(e)
    if not is_exception(e) then error(e, 0) end
    tell(self, request, client_address, e, traceback)
  end
end

local function run(self, number, request, client_address)
  local ok, e = pcall(self.process_request_thread, self, request, client_address)
  self._threads[number] = nil
  if not ok then error(e, 0) end
end

function ThreadingMixIn:process_request(...)
  local request, client_address = exactly("ThreadingMixIn.process_request", BOTH, ...)
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

function ThreadingMixIn:server_close(...)
  exactly("ThreadingMixIn.server_close", NOTHING, ...)
  close_server(ThreadingMixIn, self)
  local threads, current = self._threads or {}, task.current()
  local number, thread = next(threads)
  while thread do
    if thread == current then
      -- Its own end it does not wait for.
      number, thread = next(threads, number)
    else
      local ok, e = pcall(thread.join, thread)
      -- What it raised was told when it did.
      if not ok and not thread:done() then error(e, 0) end
      threads[number] = nil
      number, thread = next(threads)
    end
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
function ForkingMixIn:collect_children(...)
  if ... ~= nil and type(...) ~= "table" then exactly("ForkingMixIn.collect_children", NOTHING, ...) end
  local blocking = bind("ForkingMixIn.collect_children", {"blocking"}, 0, ...)
  local children = self.active_children
  if not children then return end
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

function ForkingMixIn:handle_timeout(...)
  exactly("ForkingMixIn.handle_timeout", NOTHING, ...)
  self:collect_children()
end

function ForkingMixIn:service_actions(...)
  exactly("ForkingMixIn.service_actions", NOTHING, ...)
  self:collect_children()
end

function ForkingMixIn:process_request(...)
  local request, client_address = exactly("ForkingMixIn.process_request", BOTH, ...)
  local pid = native.fork(function()
    -- In the child, which ends with this function: with the status 1 when it raises.
    local ok, e = xpcall(self.finish_request, traced, self, request, client_address)
    local traceback
    if not ok then
      e, traceback = untraced(e)
      if is_exception(e) then tell(self, request, client_address, e, traceback) end
    end
    self:shutdown_request(request)
    if not ok then error(e, 0) end
  end)
  self.active_children = self.active_children or {}
  self.active_children[pid] = true
  self:close_request(request)
end

function ForkingMixIn:server_close(...)
  exactly("ForkingMixIn.server_close", NOTHING, ...)
  close_server(ForkingMixIn, self)
  self:collect_children {blocking = self.block_on_close}
end

for _, name in ipairs {"TCPServer", "UDPServer", "UnixStreamServer", "UnixDatagramServer"} do
  define("Forking" .. name, ForkingMixIn, module[name])
end
