#!/usr/bin/env wirescript
-- Asks everybody on the local network what they offer, by multicast: SSDP's M-SEARCH (UPnP) or a query of mDNS (RFC 6762).
local USAGE = [=[
usage: discover.lua [--interface ADDRESS] [--wait SECONDS] ssdp [TARGET]
       discover.lua [--interface ADDRESS] [--wait SECONDS] mdns [SERVICE]

  TARGET                 what SSDP looks for: ssdp:all (default), upnp:rootdevice, urn:…
  SERVICE                what mDNS looks for: _services._dns-sd._udp.local (default, all kinds), _http._tcp.local, a host's name …
  --interface ADDRESS    ask on the interface that has this IPv4 address
  --wait SECONDS         how long to listen (2)

Prints a line for each answer, each once. Exit status: 0 when somebody has answered, 1 when nobody has, 2 for wrong usage.
]=]

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local given, places = {wait = "2"}, {}
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    local option = word:match("^%-%-(%l+)$")
    if word == "-h" or option == "help" then
      io.write(USAGE)
      sys.exit(0)
    elseif option == "interface" or option == "wait" then
      i = i + 1
      given[option] = words[i] or fail(2, USAGE)
    elseif word:sub(1, 1) == "-" then
      fail(2, USAGE)
    else
      places[#places + 1] = word
    end
    i = i + 1
  end
end
local wait = tonumber(given.wait)
if not wait or #places < 1 or #places > 2 then fail(2, USAGE) end

-- SSDP's answers look like HTTP's.
local ssdp = {group = {"239.255.255.250", 1900}}
function ssdp.question(target)
  return table.concat({
    "M-SEARCH * HTTP/1.1", "HOST: 239.255.255.250:1900", 'MAN: "ssdp:discover"', "MX: 1", "ST: " .. (target or "ssdp:all"), "", "",
  }, "\r\n")
end
function ssdp.read(packet)
  if not packet:match("^HTTP/1%.1 200") then return {} end
  local headers = {}
  for name, value in packet:gmatch("\r\n([^:\r\n]+):[ \t]*([^\r\n]*)") do headers[name:upper()] = value end
  return {("%s  %s  %s"):format(headers.ST or "-", headers.USN or "-", headers.LOCATION or "-")}
end

-- mDNS's packets are DNS's. Asked from a port of our own, who answers does so to us alone.
local mdns = {group = {"224.0.0.251", 5353}}
local PTR, TYPES = 12, {[1] = "A", [12] = "PTR", [16] = "TXT", [28] = "AAAA", [33] = "SRV"}
function mdns.question(service)
  local labels = {}
  for label in (service or "_services._dns-sd._udp.local"):gmatch("[^.]+") do
    labels[#labels + 1] = struct.pack(">B", #label) .. label
  end
  local kind = (not service or service:sub(1, 1) == "_") and PTR or 1
  return struct.pack(">HHHHHH", 0, 0, 1, 0, 0, 0) .. table.concat(labels) .. "\0" .. struct.pack(">HH", kind, 1)
end
local function read_name(packet, at)
  local parts, behind, jumps = {}, nil, 0
  while true do
    local length = (struct.unpack_from(">B", packet, at))
    if length >= 0xc0 then
      behind, jumps = behind or at + 2, jumps + 1
      if jumps > 20 then error("a name that points in a circle") end
      at = (struct.unpack_from(">H", packet, at)) & 0x3fff
    elseif length == 0 then
      return table.concat(parts, "."), behind or at + 1
    else
      parts[#parts + 1] = packet:sub(at + 2, at + 1 + length)
      at = at + 1 + length
    end
  end
end
local function read_data(packet, kind, at, length)
  if kind == "PTR" then return (read_name(packet, at)) end
  if kind == "A" then return socket.inet_ntop(socket.AF_INET, packet:sub(at + 1, at + 4)) end
  if kind == "AAAA" then return socket.inet_ntop(socket.AF_INET6, packet:sub(at + 1, at + 16)) end
  if kind == "SRV" then return ("%s port %d"):format((read_name(packet, at + 6)), (struct.unpack_from(">H", packet, at + 4))) end
  local texts, last = {}, at + length -- TXT: strings, each behind its length
  while at < last do
    local count = struct.unpack_from(">B", packet, at)
    if count > 0 then texts[#texts + 1] = ('"%s"'):format(packet:sub(at + 2, at + 1 + count)) end
    at = at + 1 + count
  end
  return table.concat(texts, " ")
end
function mdns.read(packet)
  local _, flags, questions, answers, authorities, others = struct.unpack_from(">HHHHHH", packet)
  local lines, at = {}, 12
  if flags & 0x8000 == 0 then return {} end
  for _ = 1, questions do
    local _, behind = read_name(packet, at)
    at = behind + 4
  end
  for _ = 1, answers + authorities + others do
    local owner, behind = read_name(packet, at)
    local number, _, _, length = struct.unpack_from(">HHIH", packet, behind)
    local kind = TYPES[number]
    if kind then lines[#lines + 1] = ("%s  %s  %s"):format(owner, kind, read_data(packet, kind, behind + 10, length)) end
    at = behind + 10 + length
  end
  return lines
end

local protocol = ({ssdp = ssdp, mdns = mdns})[places[1]] or fail(2, USAGE)
local s <close> = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s:setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, protocol == mdns and 255 or 2)
if given.interface then
  local ok, packed = pcall(socket.inet_aton, given.interface)
  if not ok then fail(2, given.interface .. " is no IPv4 address\n") end
  s:setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, packed)
  s:bind({given.interface, 0})
end
local ok, problem = pcall(s.sendto, s, protocol.question(places[2]), protocol.group)
if not ok then fail(1, tostring(problem):match("^[^\n]*") .. "\n") end

local deadline, seen, count = time.monotonic() + wait, {}, 0
while true do
  s:settimeout(math.max(deadline - time.monotonic(), 0.001))
  local ok, packet, from = pcall(s.recvfrom, s, 9000)
  if not ok then
    if packet:is(socket.timeout) then break end
    error(packet)
  end
  -- What cannot be read is somebody else's.
  local readable, lines = pcall(protocol.read, packet)
  for _, line in ipairs(readable and lines or {}) do
    line = from[1] .. "  " .. line:gsub("%c", "?")
    if not seen[line] then
      seen[line], count = true, count + 1
      print(line)
    end
  end
end
sys.exit(count > 0 and 0 or 1)
