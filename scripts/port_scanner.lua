#!/usr/bin/env wirescript
-- Which TCP ports of a host answer: many connections at once, each with a time limit of its own.
local USAGE = [=[
usage: port_scanner.lua [--timeout SECONDS] [--at-once N] HOST [PORTS]

  HOST     a name or an address
  PORTS    such as 22,80,8000-8010; 1-1024 when left out
  --timeout SECONDS    how long a port may take to answer (1)
  --at-once N          connections under way at a time (200)

Prints a line for each open port. Exit status: 0 when one is open, 1 when none is, 2 for wrong usage or a host that is not found.
]=]

local function fail(text)
  io.stderr:write(text)
  sys.exit(2)
end

local places, timeout, at_once = {}, 1, 200
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--timeout" or word == "--at-once" then
      i = i + 1
      local number = tonumber(words[i])
      if not number or number <= 0 then fail(word .. " needs a number above 0\n" .. USAGE) end
      if word == "--timeout" then timeout = number else at_once = math.tointeger(number) or fail(USAGE) end
    elseif word:sub(1, 1) == "-" then
      fail("no option is called " .. word .. "\n" .. USAGE)
    else
      places[#places + 1] = word
    end
    i = i + 1
  end
end
local host, wanted = places[1], places[2] or "1-1024"
if not host or places[3] then fail(USAGE) end

local ports = {}
for part in (wanted .. ","):gmatch("([^,]*),") do
  local first, last = part:match("^(%d+)%-(%d+)$")
  first = tonumber(first or part:match("^%d+$"))
  last = tonumber(last) or first
  if not first or first > last or first < 1 or last > 65535 then fail(("%q are no ports\n"):format(part)) end
  for port = first, last do ports[#ports + 1] = port end
end

-- Looked up once, not once a port.
local ok, found = pcall(socket.getaddrinfo, host, nil, 0, socket.SOCK_STREAM)
if not ok then fail(("%s: %s\n"):format(host, found.message)) end
local family, address = found[1][1], found[1][5]

local function service(port)
  local known, name = pcall(socket.getservbyport, port, "tcp")
  return known and name or "-"
end

local function answers(port)
  local s <close> = socket.socket(family, socket.SOCK_STREAM)
  s:settimeout(timeout)
  local target = {address[1], port, address[3], address[4]}
  return (pcall(s.connect, s, target))
end

local open, next_port, scanners = {}, 1, {}
for _ = 1, math.min(at_once, #ports) do
  scanners[#scanners + 1] = task.spawn(function()
    while next_port <= #ports do
      local port = ports[next_port]
      next_port = next_port + 1
      if answers(port) then open[#open + 1] = port end
    end
  end)
end
for _, scanner in ipairs(scanners) do scanner:join() end

table.sort(open)
for _, port in ipairs(open) do print(("%-5d  open  %s"):format(port, service(port))) end
io.stderr:write(("%s (%s): %d of %d ports open\n"):format(host, address[1], #open, #ports))
sys.exit(#open > 0 and 0 or 1)
