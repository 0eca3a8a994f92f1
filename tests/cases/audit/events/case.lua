-- What an audit hook is told: CPython's events with their arguments, in their order.
local socket = require "socket"
local sys = require "sys"

local EVENTS = {}
for name in ("__new__ bind connect getaddrinfo gethostbyaddr gethostbyname gethostname getnameinfo getservbyname " ..
    "getservbyport sendmsg sendto"):gmatch("%S+") do
  EVENTS["socket." .. name] = true
end
local listening = false
local known = {}

local function word(value)
  for _, pair in ipairs(known) do
    if value == pair[2] then return pair[1] end
  end
  if value == nil then return "None" end
  if type(value) == "userdata" then return "a socket" end
  -- Ports differ from run to run.
  if type(value) == "table" and value[2] then
    local words = {value[1], value[2] > 1000 and "port" or tostring(value[2])}
    for place = 3, #value do words[place] = tostring(value[place]) end
    return "(" .. table.concat(words, ", ") .. ")"
  end
  if type(value) == "number" and value > 1000 then return "port" end
  return tostring(value)
end

local COUNTS = {["socket.__new__"] = 4, ["socket.getaddrinfo"] = 5, ["socket.sendmsg"] = 2}
local function hook(event, args)
  if listening and EVENTS[event] then
    local words = {}
    for place = 1, COUNTS[event] or #args do words[place] = word(args[place]) end
    print("  " .. event .. "(" .. table.concat(words, ", ") .. ")")
  end
end

sys.addaudithook(hook)

local function step(name, f)
  print(name)
  listening = true
  local results = {pcall(f)}
  listening = false
  if results[1] then return table.unpack(results, 2) end
  print("  raised " .. results[2].name)
end

local s = step("socket", function() return socket.socket(socket.AF_INET, socket.SOCK_STREAM) end)
known[#known + 1] = {"s", s}
step("flags", function() socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_CLOEXEC):close() end)
step("bind", function() s:bind({"127.0.0.1", 0}) end)
step("listen", function() s:listen() end)
local address = s:getsockname()
local c = step("create_connection", function() return socket.create_connection(address) end)
local conn = step("accept", function() return (s:accept()) end)
step("from", function() socket.create_connection(address, nil, {"127.0.0.1", 0}):close() end)
step("dup", function() s:dup():close() end)
step("fromfd", function() socket.fromfd(s:fileno(), socket.AF_INET, socket.SOCK_STREAM):close() end)
step("fileno", function() socket.socket({fileno = s:dup():detach()}):close() end)
local a, b = step("socketpair", function() return socket.socketpair() end)
local u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
known[#known + 1] = {"u", u}
known[#known + 1] = {"p", a}
step("sendto", function() u:sendto("x", address) end)
step("sendmsg to", function() u:sendmsg({"x"}, {}, 0, address) end)
step("sendmsg", function() a:sendmsg({"x"}) end)
step("send_fds", function() socket.send_fds(a, {"x"}, {1}) end)
local v6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
step("connect 2", function() v6:connect({"::1", 9}) end)
step("connect 4", function() v6:connect({"::1", 9, 0, 0}) end)
local x = socket.socket(socket.AF_UNIX)
step("connect unix", function() x:connect("nobody.sock") end)
step("connect_ex", function() u:connect_ex({"127.0.0.1", 1}) end)
step("getaddrinfo", function() socket.getaddrinfo("127.0.0.1", "80", 0, socket.SOCK_STREAM) end)
step("getaddrinfo None", function() socket.getaddrinfo(nil, 80) end)
step("gethostbyname", function() socket.gethostbyname("127.0.0.1") end)
step("gethostbyname_ex", function() socket.gethostbyname_ex("127.0.0.1") end)
step("gethostbyaddr", function() socket.gethostbyaddr("127.0.0.1") end)
step("getfqdn", function() socket.getfqdn("127.0.0.1") end)
step("getnameinfo", function() socket.getnameinfo({"127.0.0.1", 80}, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV) end)
step("getservbyname", function() socket.getservbyname("http", "tcp") end)
step("getservbyport", function() socket.getservbyport(80, "tcp") end)
step("gethostname", function() socket.gethostname() end)
step("getprotobyname", function() socket.getprotobyname("tcp") end)
step("create_server", function() socket.create_server({"127.0.0.1", 0}):close() end)
step("dual stack", function() socket.has_dualstack_ipv6() end)
for _, sock in ipairs({s, c, conn, a, b, u, v6, x}) do sock:close() end
