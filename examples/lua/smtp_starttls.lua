-- STARTTLS: a mail over SMTP, in plain text until the server agrees to speak TLS.
--
--   wirescript examples/lua/smtp_starttls.lua [HOST] [PORT]      (localhost, 25)
--
-- Against: smtp
local socket = require "socket"
local ssl = require "ssl"
local sys = require "sys"

local HOST = sys.argv[2] or "localhost"
local PORT = tonumber(sys.argv[3] or 25)
local AUTHORITY = sys.argv[1]:match("^(.-)[^/]*$") .. "../certificates/ca.pem"

local function answer(f)
  local lines = {}
  while true do
    local line = f:readline():gsub("%s+$", "")
    lines[#lines + 1] = line
    if line:sub(4, 4) ~= "-" then return lines end
  end
end

local function say(s, f, text)
  s:sendall(text .. "\r\n")
  local lines = answer(f)
  print(text, "->", lines[#lines]:sub(1, 3), #lines > 1 and "True" or "False")
  return lines
end

local context = ssl.create_default_context()
context:load_verify_locations(AUTHORITY)
local s = socket.create_connection({HOST, PORT})
local f = s:makefile("rb")
print(answer(f)[1]:sub(1, 3))
local offers = say(s, f, "EHLO example.test")
local offered = "False"
for _, line in ipairs(offers) do
  if line:sub(5) == "STARTTLS" then offered = "True" end
end
print(offered)
say(s, f, "STARTTLS")
f:close()
s = context:wrap_socket(s, {server_hostname = HOST})
f = s:makefile("rb")
print(s:version())
say(s, f, "EHLO example.test")
say(s, f, "MAIL FROM:<me@example.test>")
say(s, f, "RCPT TO:<you@example.test>")
say(s, f, "DATA")
s:sendall("Subject: over TLS\r\n\r\nNobody else reads this.\r\n")
say(s, f, ".")
say(s, f, "QUIT")
f:close()
s:close()

-- Prints:
-- 220
-- EHLO example.test -> 250 True
-- True
-- STARTTLS -> 220 False
-- TLSv1.3
-- EHLO example.test -> 250 True
-- MAIL FROM:<me@example.test> -> 250 False
-- RCPT TO:<you@example.test> -> 250 False
-- DATA -> 354 False
-- . -> 250 False
-- QUIT -> 221 False
