#!/usr/bin/env wirescript
-- Opens a WebSocket (RFC 6455): the handshake with its proof, text messages both ways, an end in good order.
local USAGE = [=[
usage: websocket.lua [--cafile FILE] [--timeout SECONDS] URL [TEXT…]

  URL                  ws://HOST[:PORT][/PATH] or wss://…
  TEXT                 messages to send; for each one answer is read and printed
  --cafile FILE        trust the authorities in this file, beside the system's
  --timeout SECONDS    how long each wait may take (10)

Exit status: 0 when all was as it should be, 1 when not, 2 for wrong usage.
]=]
local PROOF = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
local CONTINUED, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
local LARGEST = 1 << 24

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local url, texts, cafile, timeout = nil, {}, nil, 10
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--cafile" then
      i = i + 1
      cafile = words[i] or fail(2, USAGE)
    elseif word == "--timeout" then
      i = i + 1
      timeout = tonumber(words[i]) or fail(2, USAGE)
    elseif not url then
      url = word
    else
      texts[#texts + 1] = word
    end
    i = i + 1
  end
end
local scheme, place, path = (url or ""):match("^(wss?)://([^/?#]+)([^#]*)")
if not scheme then fail(2, USAGE) end
if path:sub(1, 1) ~= "/" then path = "/" .. path end
local host, port = place:match("^(.-):(%d+)$")
host, port = host or place, tonumber(port) or (scheme == "wss" and 443 or 80)

-- SHA-1, for the proof alone: it says that the server speaks WebSocket, and protects nothing.
local function sha1(text)
  local function rotated(x, by) return ((x << by) | (x >> (32 - by))) & 0xffffffff end
  local h = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}
  local padded = text .. "\x80" .. ("\0"):rep((55 - #text) % 64) .. struct.pack(">Q", #text * 8)
  for block = 0, #padded - 64, 64 do
    local w = {struct.unpack_from(">16I", padded, block)}
    for i = 17, 80 do w[i] = rotated(w[i - 3] ~ w[i - 8] ~ w[i - 14] ~ w[i - 16], 1) end
    local a, b, c, d, e = table.unpack(h)
    for i = 1, 80 do
      local f, k
      if i <= 20 then f, k = (b & c) | (~b & d), 0x5a827999
      elseif i <= 40 then f, k = b ~ c ~ d, 0x6ed9eba1
      elseif i <= 60 then f, k = (b & c) | (b & d) | (c & d), 0x8f1bbcdc
      else f, k = b ~ c ~ d, 0xca62c1d6 end
      local sum = (rotated(a, 5) + (f & 0xffffffff) + e + k + w[i]) & 0xffffffff
      a, b, c, d, e = sum, a, rotated(b, 30), c, d
    end
    for i, x in ipairs({a, b, c, d, e}) do h[i] = (h[i] + x) & 0xffffffff end
  end
  return struct.pack(">5I", table.unpack(h))
end

local function base64(data)
  local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
  local out = {}
  for i = 1, #data, 3 do
    local a, b, c = data:byte(i, i + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    for shift = 18, 0, -6 do
      local index = bits >> shift & 63
      out[#out + 1] = letters:sub(index + 1, index + 1)
    end
  end
  local text, missing = table.concat(out), -#data % 3
  return text:sub(1, #text - missing) .. ("="):rep(missing)
end

local function random(count)
  local f <close> = io.open("/dev/urandom", "rb")
  return f:read(count)
end

local function connect()
  local s = socket.create_connection({host, port}, timeout)
  if scheme == "ws" then return s end
  local context = ssl.create_default_context()
  if cafile then context:load_verify_locations(cafile) end
  context:set_alpn_protocols({"http/1.1"})
  return context:wrap_socket(s, {server_hostname = host})
end

local function handshake(s, f)
  local key = base64(random(16))
  s:sendall(table.concat({
    "GET " .. path .. " HTTP/1.1", "Host: " .. place, "Upgrade: websocket", "Connection: Upgrade",
    "Sec-WebSocket-Key: " .. key, "Sec-WebSocket-Version: 13", "", "",
  }, "\r\n"))
  local status = f:readline(8192):gsub("%s+$", "")
  if not status:match("^HTTP/1%.1 101") then error("the server does not change to WebSocket: " .. status) end
  local headers = {}
  for line in f:lines() do
    local name, value = line:match("^([^:]+):%s*(.-)%s*$")
    if not name then break end
    headers[name:lower()] = value
  end
  if (headers.upgrade or ""):lower() ~= "websocket" then error("the server's answer is no WebSocket's") end
  if headers["sec-websocket-accept"] ~= base64(sha1(key .. PROOF)) then error("the server's proof is wrong") end
end

-- One frame; a client's are masked.
local function send(s, opcode, data)
  local length = #data < 126 and struct.pack(">B", 0x80 | #data)
    or #data < 65536 and struct.pack(">BH", 0x80 | 126, #data)
    or struct.pack(">BQ", 0x80 | 127, #data)
  local mask, out = random(4), {}
  for i = 1, #data do
    local place = (i - 1) % 4 + 1
    out[i] = string.char(data:byte(i) ~ mask:byte(place))
  end
  s:sendall(struct.pack(">B", 0x80 | opcode) .. length .. mask .. table.concat(out))
end

-- A whole message: its kind and its bytes. Pings are answered on the way.
local function receive(s, f)
  local function exactly(count)
    local data = f:read(count)
    if #data < count then error("the connection was cut") end
    return data
  end
  local kind, parts, total = nil, {}, 0
  while true do
    local first, second = struct.unpack(">BB", exactly(2))
    local final, opcode, length = first & 0x80 ~= 0, first & 15, second & 127
    if second & 0x80 ~= 0 then error("a server's frame must not be masked") end
    if length == 126 then length = (struct.unpack(">H", exactly(2))) end
    if length == 127 then length = (struct.unpack(">Q", exactly(8))) end
    if total + length > LARGEST then error("a message of more than 16 MiB") end
    local data = exactly(length)
    if opcode == PING then
      send(s, PONG, data)
    elseif opcode == CLOSE then
      return CLOSE, data
    elseif opcode ~= PONG then
      kind = opcode ~= CONTINUED and opcode or kind
      parts[#parts + 1], total = data, total + length
      if final then return kind, table.concat(parts) end
    end
  end
end

local ok, problem = pcall(function()
  local s <close> = connect()
  local f <close> = s:makefile("rb")
  handshake(s, f)
  io.stderr:write("open: " .. url .. "\n")
  for _, text in ipairs(texts) do
    send(s, TEXT, text)
    local kind, answer = receive(s, f)
    if kind == CLOSE then error("the server has said goodbye") end
    print(kind == BINARY and bytes.hex(answer) or answer)
  end
  send(s, CLOSE, struct.pack(">H", 1000))
  local kind, reason
  repeat kind, reason = receive(s, f) until kind == CLOSE
  if #reason >= 2 then io.stderr:write(("closed: %d %s\n"):format((struct.unpack_from(">H", reason)), reason:sub(3))) end
end)
if not ok then fail(1, ("%s: %s\n"):format(url, tostring(problem):match("^[^\n]*"))) end
