#!/usr/bin/env wirescript
-- Asks NTP servers for the time, as RFC 5905's clients do: how far this machine's clock is off, and how far away the server is.
local USAGE = [=[
usage: ntp.lua [--timeout SECONDS] SERVER[:PORT]…

  --timeout SECONDS    how long to wait for an answer (2)

Prints a line for each server: its stratum, the offset of this machine's clock in seconds (positive where it is behind), the
round trip. Exit status: 0 when all have answered, 1 when one has not, 2 for wrong usage.
]=]
-- Seconds from 1900, which NTP counts from, to 1970.
local EPOCH = 2208988800
local CLIENT, SERVER, VERSION = 3, 4, 4

local function fail(text)
  io.stderr:write(text)
  sys.exit(2)
end

local servers, timeout = {}, 2
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--timeout" then
      i = i + 1
      timeout = tonumber(words[i]) or fail(USAGE)
    elseif word:sub(1, 1) == "-" then
      fail(USAGE)
    else
      servers[#servers + 1] = word
    end
    i = i + 1
  end
end
if #servers == 0 then fail(USAGE) end

-- A moment as 32 bits of seconds and 32 of their fraction, and back.
local function pack(moment)
  local whole = math.floor(moment)
  return struct.pack(">II", (whole + EPOCH) & 0xffffffff, math.floor((moment - whole) * 2 ^ 32))
end
local function unpack(data, at)
  local seconds, fraction = struct.unpack_from(">II", data, at)
  return seconds - EPOCH + fraction / 2 ^ 32
end

local function ask(server)
  local host, port = server:match("^%[(.-)%]:?(%d*)$")
  if not host then host, port = server:match("^([^:]+):(%d+)$") end
  local found = socket.getaddrinfo(host or server, tonumber(port) or 123, 0, socket.SOCK_DGRAM)[1]
  local s <close> = socket.socket(found[1], found[2])
  s:settimeout(timeout)
  s:connect(found[5])
  local sent = time.time()
  local stamp = pack(sent)
  s:send(struct.pack(">B", VERSION << 3 | CLIENT) .. ("\0"):rep(39) .. stamp)
  while true do
    local data = s:recv(512)
    local got = time.time()
    -- Somebody's answer to something else is not ours: ours has our own moment in it.
    if #data >= 48 and data:sub(25, 32) == stamp then
      local flags, stratum = struct.unpack_from(">BB", data)
      if flags & 7 ~= SERVER then error("this is no server's answer") end
      if flags >> 6 == 3 or stratum == 0 then
        error(("the server does not know the time itself (%s)"):format((data:sub(13, 16):gsub("[^%w]", "."))))
      end
      local received, answered = unpack(data, 32), unpack(data, 40)
      local offset = ((received - sent) + (answered - got)) / 2
      return stratum, offset, (got - sent) - (answered - received)
    end
  end
end

local status = 0
for _, server in ipairs(servers) do
  local ok, stratum, offset, delay = pcall(ask, server)
  if ok then
    print(("%s  stratum %d  offset %+.6f s  round trip %.6f s"):format(server, stratum, offset, delay))
  else
    status = 1
    io.stderr:write(("%s: %s\n"):format(server, tostring(stratum):match("^[^\n]*")))
  end
end
sys.exit(status)
