#!/usr/bin/env wirescript
-- Hands a mail to an SMTP server, and shows what both say: in plain text, or over TLS once the server agrees (STARTTLS).
local USAGE = [=[
usage: smtp_talk.lua [--starttls] [--cafile FILE] [--timeout SECONDS] --from ADDRESS --to ADDRESS HOST[:PORT] <MAIL

  MAIL                 on standard input: headers, an empty line, text
  --to ADDRESS         may be given several times
  --starttls           speak TLS, or give up where the server does not
  --cafile FILE        trust the authorities in this file, beside the system's
  --timeout SECONDS    how long each answer may take (30)

The talk goes to standard output: `>` is ours, `<` the server's. Exit status: 0 when the mail was taken, 1 when not, 2 for wrong usage.
]=]

local function fail(status, text)
  io.stderr:write(text)
  sys.exit(status)
end

local given, recipients = {timeout = "30"}, {}
do
  local words, i = {...}, 1
  while words[i] do
    local word = words[i]
    if word == "--help" or word == "-h" then
      io.write(USAGE)
      sys.exit(0)
    elseif word == "--starttls" then
      given.starttls = true
    elseif word == "--from" or word == "--to" or word == "--cafile" or word == "--timeout" then
      i = i + 1
      local value = words[i] or fail(2, USAGE)
      if word == "--to" then recipients[#recipients + 1] = value else given[word:sub(3)] = value end
    elseif word:sub(1, 1) == "-" or given.server then
      fail(2, USAGE)
    else
      given.server = word
    end
    i = i + 1
  end
end
local timeout = tonumber(given.timeout)
if not given.server or not given.from or #recipients == 0 or not timeout then fail(2, USAGE) end
-- An address with a line's end in it would be a command of its own.
for _, address in ipairs({given.from, table.unpack(recipients)}) do
  if address:find("[%c<>]") then fail(2, "an address has a character that none may have\n") end
end
local host, port = given.server:match("^(.-):(%d+)$")
host, port = host or given.server, tonumber(port) or 25

local s, f

-- Reads one answer, of one line or several; returns its code and its lines.
local function listen()
  local lines = {}
  while true do
    local line = f:readline(4096):gsub("\r?\n$", "")
    if line == "" then error("the server has closed the connection") end
    print("< " .. line)
    lines[#lines + 1] = line:sub(5)
    if line:sub(4, 4) ~= "-" then return tonumber(line:sub(1, 3)) or error("this is no SMTP"), lines end
  end
end

-- Says something and expects an answer of this class (2 for 2xx).
local function say(text, class)
  print("> " .. text)
  s:sendall(text .. "\r\n")
  local code, lines = listen()
  if code // 100 ~= class then error(("%s was answered with %d %s"):format(text, code, lines[#lines])) end
  return lines
end

local function greet()
  local offers = {}
  for _, line in ipairs(say("EHLO " .. socket.gethostname(), 2)) do offers[line:match("^%S+"):upper()] = true end
  return offers
end

-- The mail as it travels: lines end in CR LF, and a dot at the beginning of one is doubled.
local function dressed(text)
  text = text:gsub("\r?\n", "\r\n")
  if text:sub(-2) ~= "\r\n" then text = text .. "\r\n" end
  return (("\r\n" .. text):gsub("\r\n%.", "\r\n.."):sub(3))
end

local function talk(mail)
  s = socket.create_connection({host, port}, timeout)
  f = s:makefile("rb")
  local code = listen()
  if code ~= 220 then error("the server does not want to talk") end
  local offers = greet()
  if given.starttls then
    if not offers.STARTTLS then error("the server does not speak TLS") end
    say("STARTTLS", 2)
    f:close()
    local context = ssl.create_default_context()
    if given.cafile then context:load_verify_locations(given.cafile) end
    s = context:wrap_socket(s, {server_hostname = host})
    f = s:makefile("rb")
    print("= " .. s:version() .. ", " .. s:cipher())
    greet()
  end
  say(("MAIL FROM:<%s>"):format(given.from), 2)
  for _, recipient in ipairs(recipients) do say(("RCPT TO:<%s>"):format(recipient), 2) end
  say("DATA", 3)
  print(("> (%d bytes)"):format(#mail))
  s:sendall(mail)
  say(".", 2)
  say("QUIT", 2)
  s:close()
end

local ok, problem = pcall(talk, dressed(sys.stdin:read()))
if not ok then fail(1, ("%s: %s\n"):format(given.server, tostring(problem):match("^[^\n]*"))) end
