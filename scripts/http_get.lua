#!/usr/bin/env wirescript
-- Fetches a page over HTTP/1.1, plain or over TLS: lengths, chunks and redirections as RFC 9112 has them.
local USAGE = [=[
usage: http_get.lua [--head] [--cafile FILE] [--timeout SECONDS] URL

  URL                  http://HOST[:PORT][/PATH] or https://…
  --head               print the status and the headers, and no body
  --cafile FILE        trust the authorities in this file, beside the system's
  --timeout SECONDS    how long each wait may take (10)

The body goes to standard output. Exit status: 0 for a status of 2xx, 1 for any other and for what fails, 2 for wrong usage.
]=]
local REDIRECTIONS = 5

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local url, only_head, cafile, timeout = nil, false, nil, 10
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--head" then
      only_head = true
    elseif word == "--cafile" then
      i = i + 1
      cafile = words[i] or fail(2, USAGE)
    elseif word == "--timeout" then
      i = i + 1
      timeout = tonumber(words[i]) or fail(2, USAGE)
    elseif word:sub(1, 1) == "-" or url then
      fail(2, USAGE)
    else
      url = word
    end
    i = i + 1
  end
end
if not url then fail(2, USAGE) end

-- The parts of a URL: scheme, host, port, path with query.
local function parts(text)
  local scheme, place, path = text:match("^(https?)://([^/?#]+)([^#]*)")
  if not scheme then fail(2, text .. " is no http:// or https:// URL\n") end
  local host, port = place:match("^%[(.-)%]:?(%d*)$")
  if not host then host, port = place:match("^([^:]+):?(%d*)$") end
  if not host then fail(2, place .. " is no HOST[:PORT]\n") end
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  return {scheme = scheme, host = host, port = tonumber(port) or (scheme == "https" and 443 or 80), place = place, path = path}
end

local function connect(at)
  local s = socket.create_connection({at.host, at.port}, timeout)
  if at.scheme == "http" then return s end
  local context = ssl.create_default_context()
  if cafile then context:load_verify_locations(cafile) end
  context:set_alpn_protocols({"http/1.1"})
  return context:wrap_socket(s, {server_hostname = at.host})
end

-- One line of the answer's head, without its end.
local function line(f)
  local text = f:readline(65536)
  if text == "" then error("the server closed the connection in the middle of its answer") end
  return (text:gsub("\r?\n$", ""))
end

local function read_head(f)
  local version, status, reason = line(f):match("^(HTTP/1%.%d) (%d%d%d) ?(.*)$")
  if not status then error("this is no HTTP/1 answer") end
  local headers = {}
  while true do
    local text = line(f)
    if text == "" then break end
    local name, value = text:match("^([^%s:]+):%s*(.-)%s*$")
    if name then headers[#headers + 1] = {name, value} end
  end
  local function header(wanted)
    for _, pair in ipairs(headers) do
      if pair[1]:lower() == wanted then return pair[2] end
    end
  end
  return {version = version, status = tonumber(status), reason = reason, headers = headers, header = header}
end

-- Calls `take` with the body, piece by piece.
local function read_body(f, head, take)
  local function exactly(count)
    while count > 0 do
      local piece = f:read(math.min(count, 65536))
      if piece == "" then error("the body ended " .. count .. " bytes early") end
      take(piece)
      count = count - #piece
    end
  end
  local coding = head.header("transfer-encoding")
  if head.status == 204 or head.status == 304 then
    return
  elseif coding and coding:lower():find("chunked", 1, true) then
    while true do
      local size = tonumber(line(f):match("^%x+") or error("a chunk without a size"), 16)
      if size == 0 then break end
      exactly(size)
      line(f)
    end
    while line(f) ~= "" do end -- trailers
  elseif head.header("content-length") then
    exactly(tonumber(head.header("content-length")) or error("a length that is no number"))
  else
    while true do
      local piece = f:read(65536)
      if piece == "" then break end
      take(piece)
    end
  end
end

local function get(at)
  local s <close> = connect(at)
  local method = only_head and "HEAD" or "GET"
  s:sendall(("%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: wirescript\r\nAccept: */*\r\nConnection: close\r\n\r\n"):format(
    method, at.path, at.place))
  local f <close> = s:makefile("rb")
  local head = read_head(f)
  while head.status >= 100 and head.status < 200 do head = read_head(f) end -- 100 Continue and its kin
  local location = head.header("location")
  if head.status >= 300 and head.status < 400 and location then return head, location end
  if only_head then
    print(head.version .. " " .. head.status .. " " .. head.reason)
    for _, pair in ipairs(head.headers) do print(pair[1] .. ": " .. pair[2]) end
  else
    read_body(f, head, function(piece) sys.stdout:write(piece) end)
  end
  return head
end

local at = parts(url)
for _ = 0, REDIRECTIONS do
  local ok, head, location = pcall(get, at)
  if not ok then fail(1, ("%s: %s\n"):format(url, tostring(head):match("^[^\n]*"))) end
  if not location then
    if head.status >= 300 then io.stderr:write(("%d %s\n"):format(head.status, head.reason)) end
    sys.exit(head.status >= 200 and head.status < 300 and 0 or 1)
  end
  if location:sub(1, 1) == "/" then location = at.scheme .. "://" .. at.place .. location end
  at = parts(location)
end
fail(1, ("%s: more than %d redirections\n"):format(url, REDIRECTIONS))
