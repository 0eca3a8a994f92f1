-- What `arguments.rs` calls: `attack(bytes)` makes one call after the other, as the bytes say.

socket.setdefaulttimeout(0)

-- What ends, waits for a person or for a time, or would have this very function called again without end.
local LEFT_OUT = {exit = true, input = true, sleep = true, fork = true, _exit = true, interact = true, wait = true,
  setdefaulttimeout = true, addaudithook = true, attack = true, group = true, timeout = true, spawn = true,
  serve_forever = true, warnings = true, breakpoint = true}

-- Lua's own; `select` is the module.
local packed = table.pack
local function select_values(place, ...)
  local values = packed(...)
  if place == "#" then return values.n end
  return values[place]
end

local functions = {}
for _, module in ipairs {socket, select, selectors, ssl, struct, bytes, json, tube, task, sys, time, errors, bytearray, array} do
  local names = {}
  local ok = pcall(function() for name in pairs(module) do names[#names + 1] = name end end)
  table.sort(names)
  for _, name in ipairs(ok and names or {}) do
    if not LEFT_OUT[name] and not name:match("^_") then functions[#functions + 1] = module[name] end
  end
end

local METHODS = {"recv", "send", "sendall", "recv_into", "sendmsg", "recvmsg", "recvmsg_into", "getsockopt", "setsockopt",
  "sendto", "recvfrom", "recvfrom_into", "bind", "connect", "connect_ex", "listen", "accept", "shutdown", "settimeout",
  "setblocking", "makefile", "close", "detach", "getsockname", "getpeername", "read", "readline", "readlines", "write",
  "flush", "seek", "tell", "truncate", "register", "modify", "unregister", "poll", "select", "get_map", "get_key", "view",
  "hex", "find", "append", "extend", "recv_exactly", "recv_until", "recv_line", "recv_regex", "expect", "unrecv", "cancel",
  "done", "qsize", "readinto", "peek", "ioctl", "fileno", "dup", "share", "sendmsg_afalg", "pack", "unpack"}

local WORDS = {"127.0.0.1", "::1", "localhost", "<I2sQ", "utf-8", "\0", "\xff\xfe", "", "rb", "AF_INET", ("x"):rep(200), "%", "*"}
local NUMBERS = {0, 1, -1, 2, 3, 255, 256, 65535, 65536, 1 << 31, (1 << 31) - 1, 1 << 32, math.maxinteger, math.mininteger,
  0.5, 1e300, 0 / 0, 1 / 0, -0.0}

function attack(bytes)
  local at = 0
  local function byte()
    at = at + 1
    return bytes:byte(at) or 0
  end
  local a, b = socket.socketpair()
  a:settimeout(0)
  b:settimeout(0)
  local kept = {a, b, bytearray(8)}
  local function value(depth)
    local kind = byte() % 14
    if kind == 0 then return nil
    elseif kind == 1 then return byte() % 2 == 0
    elseif kind <= 4 then return NUMBERS[byte() % #NUMBERS + 1]
    elseif kind == 5 then return byte()
    elseif kind <= 7 then return WORDS[byte() % #WORDS + 1]
    elseif kind == 8 then
      local size = byte() % 16
      at = at + size
      return bytes:sub(at - size + 1, at)
    elseif kind == 9 and depth < 3 then
      local list = {}
      for place = 1, byte() % 5 do list[place] = value(depth + 1) end
      return list
    elseif kind == 10 and depth < 3 then return {[WORDS[byte() % #WORDS + 1]] = value(depth + 1)}
    elseif kind == 11 then return function(...) return ... end
    else return kept[byte() % #kept + 1] end
  end
  local function keep(ok, ...)
    if not ok then
      -- An error is an object, or Lua's own text.
      assert(not tostring((...)):match("bug in wirescript"), tostring((...)))
      return
    end
    for place = 1, math.min(select_values("#", ...), 4) do
      local result = (select_values(place, ...))
      if result ~= nil and #kept < 12 then kept[#kept + 1] = result end
    end
  end
  while at < #bytes and at < 400 do
    local which, target = byte(), nil
    local arguments, count = {}, 0
    local f
    if which < 128 then
      f = functions[(which * 256 + byte()) % #functions + 1]
    else
      target = kept[which % #kept + 1]
      local name = METHODS[byte() % #METHODS + 1]
      local ok, method = pcall(function() return target[name] end)
      f = ok and method or print
      if f == print then f = tostring end
      count = 1
      arguments[1] = target
    end
    for _ = 1, byte() % 5 do
      count = count + 1
      arguments[count] = value(0)
    end
    keep(pcall(f, table.unpack(arguments, 1, count)))
  end
  for _, thing in ipairs(kept) do
    if type(thing) == "userdata" then pcall(function() thing:close() end) end
  end
end
