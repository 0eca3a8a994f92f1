#!/usr/bin/env wirescript
-- The way to a host: datagrams that may pass one router, two, three …; each that drops one tells of it. The kernel keeps what they
-- tell in the socket's error queue (IP_RECVERR), so this needs no privileges and no raw socket. Linux only.
local USAGE = [=[
usage: traceroute.lua [--hops N] [--queries N] [--timeout SECONDS] [--numeric] HOST

  --hops N             give up after so many routers (30)
  --queries N          datagrams a router (3)
  --timeout SECONDS    how long an answer may take (1)
  --numeric            print addresses alone, and look up no names

Exit status: 0 when the host was reached, 1 when not, 2 for wrong usage or a host that is not found.
]=]
local FIRST_PORT = 33434
-- struct sock_extended_err: errno, origin, type, code, padding, info, data; the address of who told it follows.
local ERROR = "=IBBBxII"
local LOCAL, ICMP, ICMP6 = 1, 2, 3

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local given = {hops = 30, queries = 3, timeout = 1}
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    local option = word:match("^%-%-(%l+)$")
    if word == "-h" or option == "help" then
      io.write(USAGE)
      sys.exit(0)
    elseif option == "numeric" then
      given.numeric = true
    elseif given[option] then
      i = i + 1
      given[option] = tonumber(words[i]) or fail(2, USAGE)
    elseif word:sub(1, 1) == "-" or given.host then
      fail(2, USAGE)
    else
      given.host = word
    end
    i = i + 1
  end
end
if not given.host then fail(2, USAGE) end
local ok, found = pcall(socket.getaddrinfo, given.host, FIRST_PORT, 0, socket.SOCK_DGRAM)
if not ok then fail(2, ("%s: %s\n"):format(given.host, found.message)) end
local family, address = found[1][1], found[1][5]
local six = family == socket.AF_INET6
local level = six and socket.IPPROTO_IPV6 or socket.IPPROTO_IP

local function named(ip)
  if given.numeric then return ip end
  local ok, name = pcall(socket.getnameinfo, {ip, 0}, 0)
  return ok and name ~= ip and ("%s (%s)"):format(name, ip) or ip
end

-- Who told what of a datagram, out of the error queue's control data: its address, whether it was the host itself, and whether
-- nobody went further there.
local function read(control)
  for _, message in ipairs(control) do
    local data = message[3]
    if #data >= 32 then
      local errno, origin, kind = struct.unpack_from(ERROR, data)
      if origin == LOCAL then return nil, false, errno end
      if origin == ICMP or origin == ICMP6 then
        local teller = six and data:sub(25, 40) or data:sub(21, 24)
        local passed = six and kind == 3 or kind == 11 -- its time was exceeded: a router on the way
        return socket.inet_ntop(family, teller), passed, errno
      end
    end
  end
end

-- One datagram that may pass `hops` routers: who stopped it, after how long, and what it said.
local function probe(hops, port)
  local s <close> = socket.socket(family, socket.SOCK_DGRAM)
  s:setsockopt(level, six and socket.IPV6_UNICAST_HOPS or socket.IP_TTL, hops)
  s:setsockopt(level, six and socket.IPV6_RECVERR or socket.IP_RECVERR, 1)
  s:connect({address[1], port, address[3], address[4]})
  s:settimeout(given.timeout)
  local before = time.monotonic()
  s:send(("\0"):rep(32))
  -- A host that has a service on that port may answer instead.
  local ok, problem = pcall(s.recv, s, 512)
  local took = (time.monotonic() - before) * 1e3
  if ok then return address[1], false, took end
  if problem:is(socket.timeout) then return nil end
  s:settimeout(0)
  local told, _, control = pcall(s.recvmsg, s, 512, 512, socket.MSG_ERRQUEUE)
  if not told then error(problem) end
  local teller, passed, errno = read(control)
  return teller, passed, took, errno
end

print(("the way to %s (%s), %d routers at most"):format(given.host, address[1], given.hops))
local port = FIRST_PORT
for hops = 1, given.hops do
  local parts, last, reached, refused = {}, nil, false, nil
  for _ = 1, given.queries do
    local teller, passed, took, errno = probe(hops, port)
    port = port + 1
    if not teller then
      parts[#parts + 1] = "*"
    else
      if teller ~= last then parts[#parts + 1] = named(teller) end
      parts[#parts + 1] = ("%.3f ms"):format(took)
      last = teller
      if not passed then
        if teller == address[1] then reached = true else refused = errno end
      end
    end
  end
  if refused then parts[#parts + 1] = "!" .. (errno.errorcode[refused] or refused) end
  print(("%2d  %s"):format(hops, table.concat(parts, "  ")))
  if reached then sys.exit(0) end
  if refused then break end
end
sys.exit(1)
