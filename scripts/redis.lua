#!/usr/bin/env wirescript
-- Talks RESP with a Redis server: pings it, or sends many commands in one go and reads the answers after (a pipeline).
local USAGE = [=[
usage: redis.lua [--server HOST[:PORT]] [--timeout SECONDS] ping [COUNT]
       redis.lua [--server HOST[:PORT]] [--timeout SECONDS] COMMAND [ARGUMENT…] [, COMMAND [ARGUMENT…]]…
       redis.lua [--server HOST[:PORT]] [--timeout SECONDS] -        commands from standard input, one a line

  --server HOST[:PORT]    127.0.0.1:6379
  --timeout SECONDS       how long each wait may take (5)

`ping` tells the round trip of COUNT pings (4). Commands are all sent before the first answer is read. Exit status: 0 when no answer
was an error, 1 when one was or the server cannot be talked to, 2 for wrong usage.
]=]

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local server, timeout, words = "127.0.0.1:6379", 5, {...}
while words[1] and words[1]:sub(1, 1) == "-" and words[1] ~= "-" do
  local word, value = table.remove(words, 1), nil
  if word == "--help" or word == "-h" then
    io.write(USAGE)
    sys.exit(0)
  end
  value = table.remove(words, 1)
  if word == "--server" and value then
    server = value
  elseif word == "--timeout" and tonumber(value) then
    timeout = tonumber(value)
  else
    fail(2, USAGE)
  end
end
if #words == 0 then fail(2, USAGE) end
local host, port = server:match("^(.-):(%d+)$")
host, port = host or server, tonumber(port) or 6379

-- A command as Redis reads it: an array of strings, each with its length.
local function pack(command)
  local parts = {("*%d\r\n"):format(#command)}
  for _, word in ipairs(command) do parts[#parts + 1] = ("$%d\r\n%s\r\n"):format(#word, word) end
  return table.concat(parts)
end

-- An answer: {kind = …, value = …}, kinds by the byte that an answer begins with.
local function read(f)
  local line = f:readline(65536)
  if line:sub(-2) ~= "\r\n" then error("the server has closed the connection") end
  local kind, rest = line:sub(1, 1), line:sub(2, -3)
  if kind == "+" or kind == "-" then return {kind = kind, value = rest} end
  local number = math.tointeger(tonumber(rest)) or error("this is no RESP: " .. repr(line))
  if kind == ":" then return {kind = kind, value = number} end
  if number < 0 then return {kind = "nil"} end
  if kind == "$" then
    local data = f:read(number + 2)
    if #data < number + 2 then error("the server has closed the connection") end
    return {kind = kind, value = data:sub(1, number)}
  elseif kind == "*" then
    local items = {}
    for i = 1, number do items[i] = read(f) end
    return {kind = kind, value = items}
  end
  error("this is no RESP: " .. repr(line))
end

-- As redis-cli shows answers.
local function show(answer, indent)
  if answer.kind == "nil" then return "(nil)" end
  if answer.kind == "-" then return "(error) " .. answer.value end
  if answer.kind == ":" then return "(integer) " .. answer.value end
  if answer.kind == "$" then return ("%q"):format(answer.value):gsub("\\\n", "\\n") .. "" end
  if answer.kind ~= "*" then return answer.value end
  if #answer.value == 0 then return "(empty array)" end
  local lines = {}
  for i, item in ipairs(answer.value) do
    lines[i] = (i == 1 and "" or indent) .. i .. ") " .. show(item, indent .. "   ")
  end
  return table.concat(lines, "\n")
end

local function ping(f, s, count)
  local least, most, sum = math.huge, 0, 0
  for _ = 1, count do
    local before = time.monotonic()
    s:sendall(pack({"PING"}))
    local answer = read(f)
    if answer.value ~= "PONG" then error("PING was answered with " .. show(answer, "")) end
    local took = (time.monotonic() - before) * 1e3
    least, most, sum = math.min(least, took), math.max(most, took), sum + took
  end
  print(("%s: %d pings, %.3f/%.3f/%.3f ms least/mean/most"):format(server, count, least, sum / count, most))
  return 0
end

-- Commands among the words, a comma between two; or from standard input.
local function commands()
  local list, command = {}, {}
  if words[1] == "-" then
    for line in sys.stdin:lines() do
      local command = {}
      for word in line:gmatch("%S+") do command[#command + 1] = word end
      if #command > 0 then list[#list + 1] = command end
    end
    return list
  end
  for _, word in ipairs(words) do
    if word == "," then
      list[#list + 1], command = command, {}
    else
      command[#command + 1] = word
    end
  end
  list[#list + 1] = command
  return list
end

local function pipeline(f, s, list)
  local packed = {}
  for i, command in ipairs(list) do packed[i] = pack(command) end
  -- A task of its own sends: a server that answers while it reads would otherwise wait for us as we for it.
  local sender = task.spawn(function() s:sendall(table.concat(packed)) end)
  local status = 0
  for _ = 1, #list do
    local answer = read(f)
    if answer.kind == "-" then status = 1 end
    print(show(answer, ""))
  end
  sender:join()
  return status
end

local ok, status = pcall(function()
  local s <close> = socket.create_connection({host, port}, timeout)
  local f <close> = s:makefile("rb")
  if words[1] == "ping" and #words <= 2 then
    local count = math.tointeger(tonumber(words[2] or 4))
    if not count or count < 1 then fail(2, USAGE) end
    return ping(f, s, count)
  end
  return pipeline(f, s, commands())
end)
if not ok then
  if type(status) ~= "string" and status.name == "SystemExit" then error(status) end
  fail(1, ("%s: %s\n"):format(server, tostring(status):match("^[^\n]*")))
end
sys.exit(status)
