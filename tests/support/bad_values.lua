-- Values no operation can use, beside the first line of the error each must give. One line is printed for each call:
-- `call => expected ~ given`.
local socket = require "socket"

local function try(name, expected, f, ...)
  local ok, e = pcall(f, ...)
  local given = "no error"
  if not ok then
    given = type(e) == "string" and "a plain string: " .. e or e.name .. ": " .. e.message
  end
  print(name .. " => " .. expected .. " ~ " .. given)
end

local CLOSED = "OSError: [Errno 9] Bad file descriptor"
local FINE = "no error"

local s = socket.socket()
local a, b = socket.socketpair()
a:settimeout(0.01)
local buffer = bytearray(10)

-- A closed socket. Its end and its timeout are no business of the system's.
local closed = socket.socket()
closed:close()
for _, call in ipairs {
  {"recv", 1}, {"recv", 100000}, {"recv_into", buffer}, {"recvfrom", 1}, {"recvfrom_into", buffer},
  {"send", "x"}, {"send", ""}, {"sendall", "x"}, {"sendto", "x", {"127.0.0.1", 9}},
  {"connect", {"127.0.0.1", 9}}, {"bind", {"127.0.0.1", 0}}, {"listen"}, {"accept"}, {"shutdown", 2}, {"dup"},
  {"getsockname"}, {"getpeername"}, {"getsockopt", 1, 2}, {"setsockopt", 1, 2, 1}, {"settimeout", 1},
  {"setblocking", true}, {"get_inheritable"}, {"set_inheritable", true},
} do
  try("closed " .. call[1], CLOSED, closed[call[1]], closed, table.unpack(call, 2))
end
for _, name in ipairs {"close", "detach", "fileno", "gettimeout", "getblocking"} do
  try("closed " .. name, FINE, closed[name], closed)
end

-- Ports.
for _, port in ipairs {65536, -1, 1 << 31, math.maxinteger, math.mininteger, 65536.0} do
  try("connect to port " .. port, "OverflowError: connect(): port must be 0-65535.", s.connect, s, {"127.0.0.1", port})
  try("bind to port " .. port, "OverflowError: bind(): port must be 0-65535.", s.bind, s, {"127.0.0.1", port})
end
for _, port in ipairs {1.5, 0/0, 1/0, -1/0} do
  try("port " .. port, "TypeError: connect(): port must be int, not float", s.connect, s, {"127.0.0.1", port})
end

-- Hosts.
try("host with NUL", "ValueError: host name must not contain null character", s.connect, s, {"a\0b", 1})
try("host with NUL", "ValueError: host name must not contain null character", s.bind, s, {"a\0b", 1})
try("host of 300", "gaierror: [Errno -2] Name or service not known", s.connect, s, {("a"):rep(300), 1})
try("host of 300", "gaierror: [Errno -2] Name or service not known", s.bind, s, {("a"):rep(300), 1})

-- Unix paths and abstract names; a NUL follows a path, and none an abstract name.
local function unix() return socket.socket(socket.AF_UNIX) end
local TOO_LONG = "OSError: AF_UNIX path too long"
for _, length in ipairs {107, 108, 109, 70000} do
  local path = ("p"):rep(length)
  local u = unix()
  try("bind path of " .. length, length <= 107 and FINE or TOO_LONG, u.bind, u, path)
  try("bound path of " .. length, FINE, function()
    assert(length > 107 or tostring(u:getsockname()) == path)
    os.remove(path)
  end)
  u = unix()
  try("connect path of " .. length,
    length <= 107 and "FileNotFoundError: [Errno 2] No such file or directory" or TOO_LONG, u.connect, u,
    ("q"):rep(length))
end
for _, length in ipairs {1, 107, 108, 109, 70000} do
  local name = "\0" .. ("%08x"):format(math.random(0, 0xffffffff)):rep(9000):sub(1, length - 1)
  local u = unix()
  try("bind name of " .. length, length <= 108 and FINE or TOO_LONG, u.bind, u, name)
  try("bound name of " .. length, FINE, function()
    assert(length > 108 or u:getsockname()[1] == name)
  end)
end
try("path with NUL", "ValueError: embedded null byte", s.connect, unix(), "a\0b")

-- Sizes.
for _, size in ipairs {-1, math.mininteger, -1.0} do
  try("recv " .. size, "ValueError: negative buffersize in recv", a.recv, a, size)
  try("recvfrom " .. size, "ValueError: negative buffersize in recvfrom", a.recvfrom, a, size)
  try("recv_into " .. size, "ValueError: negative buffersize in recv_into", a.recv_into, a, buffer, size)
  try("recvfrom_into " .. size, "ValueError: negative buffersize in recvfrom_into", a.recvfrom_into, a, buffer, size)
  try("bytearray " .. size, "ValueError: negative count", bytearray, size)
end
for _, size in ipairs {1 << 62, math.maxinteger, 1 << 40} do
  try("recv " .. size, "TimeoutError: timed out", a.recv, a, size)
  try("recv_into " .. size, "ValueError: buffer too small for requested bytes", a.recv_into, a, buffer, size)
  try("bytearray " .. size, "MemoryError: cannot allocate a buffer of " .. size .. " bytes", bytearray, size)
  try("listen " .. size, "OverflowError: socket.listen() argument 'backlog': " .. size .. " is out of range",
    s.listen, s, size)
end
for _, size in ipairs {0, 1, 1 << 62} do
  b:send("x")
  try("recv " .. size .. " of one byte", FINE, a.recv, a, size)
  a:settimeout(0)
  pcall(a.recv, a, 9)
  a:settimeout(0.01)
end
try("listen -1", FINE, s.listen, s, -1)

-- Numbers that are whole though they are written as floats, as far as an int of 64 bits goes.
try("bytearray 2.0^62", "MemoryError: cannot allocate a buffer of 4611686018427387904 bytes", bytearray, 2.0^62)
try("port 2.0^62", "OverflowError: connect(): port must be 0-65535.", s.connect, s, {"127.0.0.1", 2.0^62})

-- Options.
local LEVEL, ROOM = socket.SOL_SOCKET, socket.SO_RCVBUF
try("option of 16 MB", FINE, s.setsockopt, s, LEVEL, ROOM, ("x"):rep(1 << 24))
try("option of 3 bytes", "OSError: [Errno 22] Invalid argument", s.setsockopt, s, LEVEL, ROOM, "abc")
try("option 2^31", "OverflowError: socket.setsockopt() argument 'value': 2147483648 is out of range",
  s.setsockopt, s, LEVEL, ROOM, 1 << 31)
try("null of 2^32 - 1 bytes", "OSError: [Errno 22] Invalid argument", s.setsockopt, s, LEVEL, 9999, nil, (1 << 32) - 1)
try("buflen -1", "OSError: getsockopt buflen out of range", s.getsockopt, s, LEVEL, ROOM, -1)
try("buflen 1025", "OSError: getsockopt buflen out of range", s.getsockopt, s, LEVEL, ROOM, 1025)

-- Timeouts.
for name, set in pairs {
  settimeout = function(value) a:settimeout(value) end,
  setdefaulttimeout = function(value) socket.setdefaulttimeout(value) socket.setdefaulttimeout(nil) end,
} do
  try(name .. " -1", "ValueError: Timeout value out of range", set, -1)
  try(name .. " -1e300", "ValueError: Timeout value out of range", set, -1e300)
  try(name .. " -inf", "ValueError: Timeout value out of range", set, -1/0)
  try(name .. " nan", "ValueError: Invalid value NaN (not a number)", set, 0/0)
  try(name .. " inf", "OverflowError: timestamp too large to convert to C PyTime_t", set, 1/0)
  try(name .. " 1e300", "OverflowError: timestamp too large to convert to C PyTime_t", set, 1e300)
  try(name .. " 1e10", "OverflowError: timestamp too large to convert to C PyTime_t", set, 1e10)
  try(name .. " 2^62", "OverflowError: timestamp too large to convert to C PyTime_t", set, 1 << 62)
  try(name .. " 9e9", FINE, set, 9e9)
end
try("sleep -1", "ValueError: Timeout value out of range", task.sleep, -1)
try("sleep nan", "ValueError: Invalid value NaN (not a number)", task.sleep, 0/0)
try("sleep 1e300", "OverflowError: timestamp too large to convert to C PyTime_t", task.sleep, 1e300)
