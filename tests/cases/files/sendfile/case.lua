-- sendfile: whole files, parts, the place afterwards, what is no regular file, what is refused.
local socket = require "socket"

local all = {}
for i = 0, 255 do
  all[#all + 1] = string.char(i)
end
do
  local f <close> = open("file", "wb")
  f:write(table.concat(all):rep(1000))
end
open("empty", "wb"):close()

local function send(name, mode, ...)
  local a, b = socket.socketpair()
  a:setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1000000)
  local f <close> = open(name, mode)
  local ok, sent = pcall(a.sendfile, a, f, ...)
  if not ok then
    print(sent.name, sent.message)
    return
  end
  a:close()
  local data = b:makefile("rb"):read()
  print(sent .. " " .. f:tell() .. " " .. #data .. " " .. repr(data:sub(1, 4)) .. " " .. repr(data:sub(-4)))
end

send("file", "rb")
send("file", "rb", 10)
send("file", "rb", 255997)
send("file", "rb", 300000)
send("file", "rb", 0, 5)
send("file", "rb", 250, 12)
send("file", "rb", 255990, 100)
send("file", "rb", {offset = 3, count = 4})
send("file", "r+b", 1, 1)
send("empty", "rb")
send("empty", "rb", 5)
send("file", "r")
for _, count in ipairs {0, -1, "x", 1.5} do
  local _, e = pcall(send, "file", "rb", 0, count)
end
local a, b = socket.socketpair()
for _, s in ipairs {socket.socket(socket.AF_INET, socket.SOCK_DGRAM), a} do
  local f <close> = open("file", "rb")
  s:setblocking(false)
  local _, e = pcall(s.sendfile, s, f)
  print(e.name, e.message)
end
a, b = socket.socketpair()
b:close()
do
  local f <close> = open("file", "rb")
  local _, e = pcall(a.sendfile, a, f, 7)
  print(e.name, e.message, repr(f:tell() > 0))
end
a, b = socket.socketpair()
local f = open("file", "rb")
f:close()
local _, e = pcall(a.sendfile, a, f)
print(e.name)
