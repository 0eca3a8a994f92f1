#!/usr/bin/env wirescript
-- Asks a DNS server: the packets of RFC 1035, built and read with `struct`; over UDP, and over TCP where an answer was cut.
local USAGE = [=[
usage: dns_query.lua [--tcp] [--timeout SECONDS] NAME [TYPE [SERVER[:PORT]]]

  TYPE      A (default), AAAA, CNAME, MX, NS, PTR, SOA, SRV or TXT
  SERVER    an address; the first nameserver of /etc/resolv.conf when left out. A port goes behind a colon: 127.0.0.1:5353
  --tcp                ask over TCP at once
  --timeout SECONDS    how long to wait for an answer, twice (2)

Prints a line for each record of the answer. Exit status: 0 when there are some, 1 when there are none (the reason is on standard
error), 2 for wrong usage.
]=]
local TYPES = {A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16, AAAA = 28, SRV = 33}
local NAMES = {}
for name, number in pairs(TYPES) do NAMES[number] = name end
local CODES = {[0] = "no such records", "format error", "server failure", "no such name", "not implemented", "refused"}
local TRUNCATED, RESPONSE, RECURSION_DESIRED = 0x0200, 0x8000, 0x0100

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local places, over_tcp, timeout = {}, false, 2
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--tcp" then
      over_tcp = true
    elseif word == "--timeout" then
      i = i + 1
      timeout = tonumber(words[i]) or fail(2, USAGE)
    elseif word:sub(1, 1) == "-" then
      fail(2, USAGE)
    else
      places[#places + 1] = word
    end
    i = i + 1
  end
end
local name, kind, server = places[1], (places[2] or "A"):upper(), places[3]
if not name or places[4] then fail(2, USAGE) end
if not TYPES[kind] then fail(2, "no type is called " .. kind .. "\n" .. USAGE) end

if not server then
  local f <close> = io.open("/etc/resolv.conf") or fail(2, "there is no /etc/resolv.conf: say which SERVER to ask\n")
  server = f:read("a"):match("\nnameserver%s+(%S+)") or fail(2, "/etc/resolv.conf names no nameserver\n")
end
local host, port = server:match("^%[(.-)%]:?(%d*)$")
if not host then host, port = server:match("^([^:]+):(%d+)$") end
host, port = host or server, tonumber(port) or 53
local family = host:find(":", 1, true) and socket.AF_INET6 or socket.AF_INET

-- A name as labels: a byte for the length, then so many.
local function labels(text)
  local packed = {}
  for label in text:gmatch("[^.]+") do
    if #label > 63 then fail(2, label .. " is too long for a label\n") end
    packed[#packed + 1] = struct.pack(">B", #label) .. label
  end
  return table.concat(packed) .. "\0"
end

local function question(id)
  local head = struct.pack(">HHHHHH", id, RECURSION_DESIRED, 1, 0, 0, 0)
  return head .. labels(name) .. struct.pack(">HH", TYPES[kind], 1)
end

-- Reads a name at `at` (from 0); returns it and the place behind it. Compression points backwards, and only so often.
local function read_name(packet, at)
  local parts, behind, jumps = {}, nil, 0
  while true do
    local length = struct.unpack_from(">B", packet, at)
    if length >= 0xc0 then
      local pointer = (struct.unpack_from(">H", packet, at)) & 0x3fff
      behind, jumps = behind or at + 2, jumps + 1
      if jumps > 20 then error("a name that points in a circle") end
      at = pointer
    elseif length == 0 then
      return #parts > 0 and table.concat(parts, ".") or ".", behind or at + 1
    else
      parts[#parts + 1] = packet:sub(at + 2, at + 1 + length)
      at = at + 1 + length
    end
  end
end

local readers = {
  A = function(packet, at) return socket.inet_ntop(socket.AF_INET, packet:sub(at + 1, at + 4)) end,
  AAAA = function(packet, at) return socket.inet_ntop(socket.AF_INET6, packet:sub(at + 1, at + 16)) end,
  MX = function(packet, at) return (struct.unpack_from(">H", packet, at)) .. " " .. read_name(packet, at + 2) end,
  SRV = function(packet, at)
    local priority, weight, port = struct.unpack_from(">HHH", packet, at)
    return table.concat({priority, weight, port, (read_name(packet, at + 6))}, " ")
  end,
  TXT = function(packet, at, length)
    local texts, last = {}, at + length
    while at < last do
      local count = (struct.unpack_from(">B", packet, at))
      texts[#texts + 1] = ('"%s"'):format(packet:sub(at + 2, at + 1 + count))
      at = at + 1 + count
    end
    return table.concat(texts, " ")
  end,
  SOA = function(packet, at)
    local primary, behind = read_name(packet, at)
    local mailbox, numbers = read_name(packet, behind)
    return primary .. " " .. mailbox .. " " .. table.concat({struct.unpack_from(">IIIII", packet, numbers)}, " ")
  end,
}
for _, same in ipairs({"NS", "CNAME", "PTR"}) do
  readers[same] = function(packet, at) return (read_name(packet, at)) end
end

-- Sends the question and returns the answer to it, whatever else may come.
local function ask_udp(id)
  local s <close> = socket.socket(family, socket.SOCK_DGRAM)
  s:settimeout(timeout)
  s:connect({host, port}) -- only this server's datagrams come in
  for attempt = 1, 2 do
    s:send(question(id))
    local ok, packet = pcall(function()
      while true do
        local packet = s:recv(4096)
        if #packet >= 12 and (struct.unpack_from(">H", packet)) == id then return packet end
      end
    end)
    if ok then return packet end
    if not packet:is(socket.timeout) or attempt == 2 then error(packet) end
  end
end

local function ask_tcp(id)
  local s <close> = socket.create_connection({host, port}, timeout)
  local packet = question(id)
  s:sendall(struct.pack(">H", #packet) .. packet)
  local f <close> = s:makefile("rb")
  local length = (struct.unpack(">H", f:read(2)))
  return f:read(length)
end

local function ask()
  local id = math.random(0, 65535)
  local packet = over_tcp and ask_tcp(id) or ask_udp(id)
  local _, flags = struct.unpack_from(">HH", packet)
  if flags & TRUNCATED ~= 0 then packet = ask_tcp(id) end
  return packet
end

local function read_answer(packet)
  local _, flags, questions, answers = struct.unpack_from(">HHHH", packet)
  if flags & RESPONSE == 0 then error("this is a question, not an answer") end
  local at, records = 12, {}
  for _ = 1, questions do
    local _, behind = read_name(packet, at)
    at = behind + 4
  end
  for _ = 1, answers do
    local owner, behind = read_name(packet, at)
    local number, _, ttl, length = struct.unpack_from(">HHIH", packet, behind)
    local begin = behind + 10
    local read = readers[NAMES[number]] or function() return bytes.hex(packet:sub(begin + 1, begin + length)) end
    records[#records + 1] = ("%s\t%d\t%s\t%s"):format(owner, ttl, NAMES[number] or "TYPE" .. number, read(packet, begin, length))
    at = begin + length
  end
  return records, CODES[flags & 15] or "code " .. (flags & 15)
end

local ok, records, why = pcall(function() return read_answer(ask()) end)
if not ok then fail(1, ("%s: %s\n"):format(server, tostring(records):match("^[^\n]*"))) end
for _, record in ipairs(records) do print(record) end
if #records == 0 then fail(1, ("%s %s: %s\n"):format(name, kind, why)) end
