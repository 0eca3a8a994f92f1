-- Calls operations with every kind of value in every position. Run by tests/argument_fuzz.rs, once for each target:
--
--   argument_fuzz.lua [hand] list NAMES   prints the targets: modules, the global scope, kinds of objects
--   argument_fuzz.lua TARGET NAMES        calls all that TARGET has
--   argument_fuzz.lua hand TARGET NAMES   calls the metamethods of TARGET's values by hand
--
-- NAMES is a file with a line for each operation of the table: `global`, `module` or `object`, its name, its parameters. What is called is found by walking: `pairs` of every module, and every name of the table looked up
-- on every kind of object. A call may give results or raise an error object, nothing else. The call about to be made is
-- kept in the file `last`, for the case that it is the last one. Of all pairs of values one in WIRESCRIPT_FUZZ_STRIDE is
-- tried, which has each value in both positions still.

local mode, target, names_file = ...
if mode ~= "hand" then target, names_file = mode, target end
local stride = math.tointeger(os.getenv("WIRESCRIPT_FUZZ_STRIDE")) or 1

-- Nothing waits: sockets are made non-blocking, and a changed default is set back.
local function no_waiting() socket.setdefaulttimeout(0) end
no_waiting()

---------------------------------------------------------------- what is called with what

local names, parameters = {}, {global = {}, module = {}, object = {}}
for line in io.lines(names_file) do
  local owner, name, rest = line:match("^(%S+) (%S+)(.*)$")
  names[#names + 1] = name
  parameters[owner][name] = parameters[owner][name] or {}
  for parameter in rest:gmatch("%S+") do table.insert(parameters[owner][name], parameter) end
end

local function finished_task()
  local t = task.spawn(function(...) return ... end, 1, 2)
  t:join()
  return t
end

local function failed_task()
  local t = task.spawn(error, errors.ValueError("meant to fail"))
  pcall(t.join, t)
  return t
end

local function view() return bytearray("0123456789"):view(3, 9) end
local function closed()
  local s = socket.socket()
  s:close()
  return s
end
local function listening()
  local s = socket.socket()
  s:bind({"127.0.0.1", 0})
  s:listen()
  return s
end
-- Closed, so that nothing waits for what will not come.
local function channel()
  local ch = task.channel()
  for n = 1, 3 do ch:send(n) end
  ch:close()
  return ch
end
local function worker_channel()
  local ch = worker.channel()
  ch:send(1)
  ch:close()
  return ch
end
-- One for all calls: a thread each would take long.
local finished_worker = worker.spawn("return 1")
finished_worker:join()
-- Each waits for a socket that is always ready.
local always_ready = socket.socketpair()
local function epoll()
  local set = select.epoll()
  set:register(always_ready)
  return set
end
local function selector()
  local s = selectors.DefaultSelector()
  s:register(always_ready, 2, "data")
  return s
end
local function tls_socket()
  return ssl.SSLContext(ssl.PROTOCOL_TLS):wrap_socket(socket.socketpair(), {do_handshake_on_connect = false})
end
local function collected(value)
  debug.getmetatable(value).__gc(value)
  return value
end

local kinds = {
  stream = function() return socket.socket() end,
  connected = function() return (socket.socketpair()) end,
  datagram = function() return socket.socket(socket.AF_INET, socket.SOCK_DGRAM) end,
  inet6 = function() return socket.socket(socket.AF_INET6) end,
  unix = function() return socket.socket(socket.AF_UNIX) end,
  unix_datagram = function() return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) end,
  listening = listening,
  closed = closed,
  finished_task = finished_task,
  failed_task = failed_task,
  current_task = function() return task.current() end,
  channel = channel,
  worker_channel = worker_channel,
  ended_worker = function() return finished_worker end,
  epoll = epoll,
  selector = selector,
  tls_socket = tls_socket,
  tls_context = function() return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) end,
  conversation = function() return tube.wrap(socket.socketpair(), {timeout = 0}) end,
  conversation_listener = function() return tube.listen("tcp://127.0.0.1:0", {timeout = 0}) end,
  conversation_pattern = function() return tube.pattern("a+") end,
  schema = function() return packet.schema("p", {{"n", "u8"}, {"data", "bytes", size = "n"}}) end,
  structure = function() return struct.Struct("<hB") end,
  collected_tls_socket = function() return collected(tls_socket()) end,
  collected_tls_context = function() return collected(ssl.SSLContext(ssl.PROTOCOL_TLS)) end,
  bytearray = function() return bytearray("0123456789") end,
  view = view,
  array = function() return array("i", {1, 2, 3}) end,
  iterator = function() return struct.iter_unpack("<H", "\1\0\2\0") end,
  error = function() return errors.OSError(2, "made") end,
  class = function() return socket.timeout end,
  absent = function() return socket.AF_SYSTEM end,
  reader = function() return socket.socketpair():makefile("rb") end,
  unbuffered = function() return socket.socketpair():makefile("rwb", 0) end,
  text = function() return socket.socketpair():makefile("rw") end,
  disk_file = function() return open("disk", "w+b") end,
  disk_text = function() return open("disk", "w+", {encoding = "utf-16"}) end,
  closed_file = function()
    local f = open("disk", "w")
    f:close()
    return f
  end,
  collected_file = function() return collected(open("disk", "w")) end,
  collected_socket = function() return collected(socket.socket()) end,
  collected_task = function() return collected(finished_task()) end,
  collected_bytearray = function() return collected(bytearray(9)) end,
  collected_view = function() return collected(view()) end,
  collected_array = function() return collected(array("h", {1})) end,
  collected_iterator = function() return collected(struct.iter_unpack("B", "x")) end,
  collected_error = function() return collected(errors.ValueError("x")) end,
}

local cyclic = {}
cyclic[1], cyclic.itself = cyclic, cyclic
local unkeyed = setmetatable({}, {__index = error, __len = error, __pairs = error, __tostring = error})

-- Made anew when a call has changed them.
local makers = {
  {"nil", function() return nil end}, {"true", true}, {"false", false}, {"-1", -1}, {"0", 0}, {"1", 1}, {"2", 2},
  {"2^31", 1 << 31}, {"2^62", 1 << 62}, {"-2^63", math.mininteger}, {"2.0^62", 2.0 ^ 62}, {"1.5", 1.5}, {"1.0", 1.0},
  {"nan", 0 / 0}, {"inf", 1 / 0}, {"rb", "rb"}, {"empty", ""}, {"x", "x"}, {"70 kB", ("k"):rep(70000)}, {"NUL", "\0"},
  {"not UTF-8", "\xff\xfe"}, {"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}, {"4 bytes", "\1\2\3\4"}, {"900", 900},
  {"{}", function() return {} end}, {"{1}", function() return {1} end},
  {"address", function() return {"127.0.0.1", 0} end}, {"address6", function() return {"::1", 0, 0, 0} end},
  {"bad address", function() return {"", -1} end}, {"{a=1}", function() return {a = 1} end},
  {"mixed", function() return {1, a = 2, [2.5] = {}} end},
  {"nested", function() return {{{{{}}}}, {a = {b = {}}}} end}, {"cyclic", cyclic}, {"metatable", unkeyed},
  {"function", function() return function(...) return ... end end}, {"C function", function() return coroutine.running end},
  {"thread", function() return coroutine.create(print) end}, {"file", function() return io.stdout end},
  {"module", function() return socket end}, {"own address", function() return listening():getsockname() end},
  {"socket", kinds.stream, true}, {"pair", kinds.connected, true}, {"closed socket", closed},
  {"bytearray", kinds.bytearray, true}, {"view", view}, {"task", finished_task}, {"error", kinds.error},
  {"array", kinds.array, true}, {"iterator", kinds.iterator}, {"<iH", "<iH"}, {"5p 3s x", "5p 3s x"}, {"i", "i"}, {"utf-16", "utf-16"},
  {"json", '{"a": [1, null]}'}, {"json.null", function() return json.null end},
  {"open file", function() return open(names_file, "rb") end, true}, {"class", kinds.class}, {"absent", kinds.absent}, {"collected", kinds.collected_socket},
}

local function make(maker)
  if type(maker[2]) == "function" then return maker[2]() end
  return maker[2]
end

local values, place_of = {}, {}
for place, maker in ipairs(makers) do values[place], place_of[maker[1]] = make(maker), place end

-- What makes sense for a parameter of this name, so that a call gets as far as the value that does not.
local sensible = {
  fd = "900", family = "2", type = "1", proto = "0", address = "address", timeout = "0", backlog = "1", how = "2", level = "1",
  optname = "2", buflen = "0", value = "1", bufsize = "2", flags = "0", nbytes = "0", buffer = "bytearray", data = "x",
  host = "127.0.0.1", port = "1", x = "1", ip_string = "127.0.0.1", packed_ip = "4 bytes", address_family = "2",
  sockaddr = "address", f = "function", seconds = "0", class = "class", first = "1", last = "2", byte = "1", source = "x",
  format = "<iH", typecode = "i", initializer = "{1}", v = "1", i = "0", iterable = "{1}", list = "{1}", start = "0",
  stop = "2", sep = "x", width = "2", fillchar = "x", sub = "x", text = "json", string = "x",
  name = "x", index = "1", inheritable = "0", flag = "0", mode = "rb", buffering = "-1", file = "open file", offset = "1", size = "2",
  hint = "2", capacity = "1", rlist = "{}", wlist = "{}", xlist = "{}",
  eventmask = "1", sizehint = "1", maxevents = "1", fileobj = "pair", events = "1", whence = "0", lines = "nested", closefd = "true", prompt = "empty", encoding = "nil", errors = "nil", newline = "nil",
}

---------------------------------------------------------------- what is not called

local function low(value) return value == true or value == false or (math.tointeger(value) or 99) < 16 end
local function long(value) return type(value) == "number" and value > 0 and value < 1e300 end
local function for_ever(value) return value == nil or type(value) == "number" and value > 0 end
local function text(value) return type(value) == "string" or type(value) == "userdata" end
local lookups = 0
local function often(value)
  lookups = lookups + (value == "x" and 1 or 0)
  return value == "x" and lookups > 20
end

local threads = 0
local function many(value)
  if type(value) ~= "string" and type(value) ~= "function" then return false end
  threads = threads + 1
  return threads > 60
end

-- Calls whose purpose would end or delay the test, or reach past it: why, position, keyword, which values.
local kept = {
  ["socket.close"] = {"descriptors below 16 are the harness's", 1, "fd", low},
  ["socket.dup"] = {"as close: the duplicate is closed", 1, "fd", low},
  ["socket.fromfd"] = {"as close: the socket made is closed", 1, "fd", low},
  ["socket.socket"] = {"as close: a socket that adopts it closes it", 4, "fileno", low},
  ["socket.SocketType"] = {"as socket", 4, "fileno", low},
  ["fcntl.fcntl"] = {"descriptors below 16 are the harness's", 1, "fd", low},
  ["fcntl.ioctl"] = {"descriptors below 16 are the harness's", 1, "fd", low},
  ["socket.sethostname"] = {"it renames this machine", 1, "name", text},
  ["socket.getaddrinfo"] = {"twenty times a name only the network's resolver knows are enough", 1, "host", often},
  ["globals.open"] = {"as close: the file made closes it", 1, "file", low},
  ["task.sleep"] = {"it waits that long", 1, "seconds", long},
  ["time.sleep"] = {"it waits that long", 1, "seconds", long},
  ["worker.spawn"] = {"a thread each: some are enough", 1, "script", many},
  ["_socketserver.wait_readable"] = {"it waits that long", 2, "timeout", for_ever},
}

-- It waits that long, or for ever.
kept["select.select"] = function(arguments)
  local timeout = arguments[4]
  if type(timeout) == "table" then timeout = rawget(timeout, "timeout") end
  return arguments.n > 2 and (timeout == nil or timeout == json.null or long(timeout))
end
-- It ends with the peer, unless it is told when.
kept["conversation.interact"] = function(arguments)
  local last = arguments[arguments.n]
  return type(last) ~= "table" or rawget(last, "timeout") ~= 0
end
kept["select.epoll_fromfd"] = {"as close: the object made closes it", 1, "fd", low}
kept["epoll.fromfd"] = {"as close: the object made closes it", 2, "fd", low}

-- Whether a conversation would wait: only numbers can say how long.
local function waits(arguments)
  for place = 1, arguments.n do
    local value = arguments[place]
    if type(value) == "table" then value = rawget(value, "timeout") end
    if type(value) == "number" and value > 0 then return true end
  end
end

local function is_kept(name, arguments)
  if target:find("^conversation") and waits(arguments) then return true end
  local rule = kept[target .. "." .. name]
  if not rule then return false end
  if type(rule) == "function" then return rule(arguments) end
  local _, position, keyword, concerns = table.unpack(rule)
  local last = arguments[arguments.n]
  local named = type(last) == "table" and rawget(last, keyword)
  return arguments.n >= position and concerns(arguments[position]) or named ~= nil and concerns(named)
end

-- Results that would pile up: descriptors without an owner.
local loose = {dup = true, detach = true}

---------------------------------------------------------------- calling

local calls, results, raised, skipped = 0, 0, 0, 0
local called, failures = {}, {}
local last = assert(io.open("last", "w"))
last:setvbuf("no")

local function describe(name, places)
  local words = {}
  for place = 1, places.n do words[place] = makers[places[place]][1] end
  return ("%s %s(%s)"):format(target, name, table.concat(words, ", "))
end

local function is_error_object(e)
  return type(e) == "userdata" and type(e.name) == "string" and type(e.message) == "string"
end

local function check(description, name, ok, ...)
  calls = calls + 1
  called[name] = true
  if ok then
    results = results + 1
    if loose[name] and math.type((...)) == "integer" and (...) > 15 then pcall(socket.close, (...)) end
    return
  end
  raised = raised + 1
  local e = ...
  local fine, shows = pcall(is_error_object, e)
  if not (fine and shows) or (e.name == "RuntimeError" and e.message:find("bug in wirescript", 1, true)) then
    if #failures < 40 then failures[#failures + 1] = description() .. ": " .. tostring(e) end
  end
end

local function call(name, callee, arguments, description)
  if is_kept(name, arguments) then
    skipped = skipped + 1
    return
  end
  last:seek("set")
  last:write(description(), "\n")
  check(description, name, pcall(callee, table.unpack(arguments, 1, arguments.n)))
  if name == "setdefaulttimeout" then no_waiting() end
  if name == "spawn" or name == "cancel" then pcall(task.sleep, 0) end
end

-- Puts back what a call has changed: values that are used again must not wait, and must be what they are called.
local function renew(places)
  for place = 1, places.n do
    local maker = makers[places[place]]
    if maker[3] then
      local value = values[places[place]]
      local ok, fresh = pcall(function() return value:gettimeout() == 0 and value:fileno() >= 0 end)
      if not ok then ok, fresh = pcall(function() return value.closed == false end) end
      if not ok then ok, fresh = pcall(function() return #value < 1000 end) end
      if not (ok and fresh) then
        pcall(function() value:close() end)
        values[places[place]] = make(maker)
      end
    end
  end
end

local function attempt(name, callee, object, places)
  local arguments = {n = places.n}
  for place = 1, places.n do arguments[place] = values[places[place]] end
  if object ~= nil then arguments = {n = places.n + 1, object, table.unpack(arguments, 1, places.n)} end
  call(name, callee, arguments, function() return describe(name, places) end)
  renew(places)
end

-- Every number of arguments of one kind; every value in every position, many pairs of values in every two positions, with
-- what makes sense in the others; every keyword.
local function call_with_everything(name, callee, new, owner)
  local object
  local function go(places)
    if new and calls % 8 == 0 then
      if object and target ~= "current_task" then pcall(function() object:close() end) end
      object = nil
    end
    if new and object == nil then object = new() end
    attempt(name, callee, object, places)
  end
  -- More arguments than most take are tried with a part of the values, and so is each keyword.
  local some = math.min(stride, 5)
  for count = 0, 9 do
    local part = count > 2 and some or 1
    for value = 1 + count % part, #makers, part do
      local places = {n = count}
      for place = 1, count do places[place] = value end
      go(places)
      if new then attempt(name, callee, nil, places) end
      if count == 0 then break end
    end
  end
  local known = owner and parameters[owner][name] or {}
  local usual = {n = #known}
  for place, parameter in ipairs(known) do usual[place] = place_of[sensible[parameter] or "nil"] end
  for first = 1, #known do
    for second = first, #known do
      for one = 1, #makers do
        for other = first == second and 1 or 1 + one % stride, #makers, stride do
          local places = {n = #known, table.unpack(usual)}
          places[second] = other
          places[first] = one
          go(places)
          if second < #known then go {n = second, table.unpack(places, 1, second)} end
          if first == second then break end
        end
      end
    end
  end
  for filler = 0, math.min(#known, 3), math.max(1, math.min(#known, 3, stride)) do
    for place, parameter in ipairs {"no_such_name", table.unpack(known)} do
      local part = math.min(some, 3)
      for value = 1 + (place + filler) % part, #makers, part do
        local arguments = {n = filler + 1}
        for place = 1, filler do arguments[place] = values[usual[place]] end
        arguments[filler + 1] = {[parameter] = values[value]}
        if new then arguments = {n = filler + 2, new(), table.unpack(arguments, 1, filler + 1)} end
        call(name, callee, arguments, function()
          return ("%s %s(%d usual, {%s = %s})"):format(target, name, filler, parameter, makers[value][1])
        end)
        if new and target ~= "current_task" then pcall(function() arguments[1]:close() end) end
        renew {n = 1, value}
      end
    end
  end
end

---------------------------------------------------------------- by hand

local EVENTS = {
  "__index", "__newindex", "__gc", "__close", "__tostring", "__eq", "__len", "__call", "__concat", "__pairs", "__add",
  "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot",
  "__lt", "__le",
}

local function call_metamethods(new)
  for _, event in ipairs(EVENTS) do
    local metamethod = debug.getmetatable(new())[event]
    -- Called, the module is Lua's own function of that name, whose errors are texts.
    if type(metamethod) == "function" and not (target == "select" and event == "__call") then
      call_with_everything(event, metamethod, new)
      for first = 1, #makers do
        for second = 1 + first % stride, #makers, stride do
          attempt(event, metamethod, nil, {n = 2, first, second})
          attempt(event, metamethod, new(), {n = 2, first, second})
        end
      end
      local twice = new()
      for _ = 1, 2 do attempt(event, metamethod, twice, {n = 0}) end
    end
  end
end

---------------------------------------------------------------- the targets

local function is_module(name)
  local value = package.loaded[name]
  local metatable = type(value) == "table" and debug.getmetatable(value)
  return metatable and metatable.__name == name
end

if target == "list" then
  local seen, sorted = {}, {}
  for name in pairs(package.loaded) do
    if is_module(name) then print(name) end
  end
  for name in pairs(kinds) do sorted[#sorted + 1] = name end
  table.sort(sorted)
  for _, name in ipairs(sorted) do
    local metatable = debug.getmetatable(kinds[name]())
    -- By hand, one of each metatable will do, beside those collected.
    if mode ~= "hand" or not seen[metatable] or name:find("^collected") then print(name) end
    seen[metatable] = seen[metatable] or not name:find("^collected")
  end
  print("globals")
  os.exit(0)
end

if mode == "hand" then
  call_metamethods(kinds[target] or function()
    return is_module(target) and package.loaded[target] or listening():getsockname()
  end)
elseif target == "globals" then
  for _, name in ipairs(names) do
    if parameters.global[name] then call_with_everything(name, _G[name], nil, "global") end
  end
elseif is_module(target) then
  local module = package.loaded[target]
  for _, name in ipairs(names) do local _ = module[name] end
  local found = {}
  for name, value in pairs(module) do found[#found + 1] = {name, value} end
  for _, pair in ipairs(found) do
    local name, value = pair[1], pair[2]
    called[name] = true
    if type(value) == "function" then call_with_everything(name, value, nil, "module") end
    if type(value) == "userdata" and debug.getmetatable(value) then call_with_everything("a class or constant", value) end
  end
else
  for _, name in ipairs(names) do
    local object = kinds[target]()
    local ok, value = pcall(function() return object[name] end)
    check(function() return target .. "." .. name end, ok and name or "attribute", ok, value)
    if ok and type(value) == "function" then call_with_everything(name, value, kinds[target], "object") end
  end
  for value = 1, #makers do
    attempt("index", function(object, key) return object[key] end, kinds[target](), {n = 1, value})
    attempt("set", function(object, key, new) object[key] = new end, kinds[target](), {n = 2, value, value})
    attempt("==", function(one, other) return one == other end, kinds[target](), {n = 1, value})
    -- What has no form of its own for it gets Lua's own plain text.
    if target == "absent" then
      attempt("..", function(one, other) return one .. other end, kinds[target](), {n = 1, value})
      attempt("+", function(one, other) return other + one end, kinds[target](), {n = 1, value})
    end
  end
end

collectgarbage()
pcall(task.sleep, 0)
collectgarbage()
io.stdout:write(("calls %d results %d raised %d kept %d\n"):format(calls, results, raised, skipped))
for _, failure in ipairs(failures) do io.stdout:write("failure ", failure, "\n") end
for name in pairs(called) do io.stdout:write("called ", name, "\n") end
