-- Every way of receiving: what it takes, what it leaves, what a timeout and the peer's end lose: nothing.
local function pair()
  local a, b = socket.socketpair()
  return tube.wrap(a, {timeout=5}), tube.wrap(b, {timeout=5})
end

local function fails(f, ...)
  local ok, e = pcall(f, ...)
  print(ok, e.name, repr(e.partial))
end

local all = {}
for byte = 0, 255 do all[#all + 1] = string.char(byte) end
all = table.concat(all)

local t, peer = pair()
peer:send(all)
print(t:recv_exactly(256) == all, t.unread)

-- A timeout of each, and then what was there.
local short = {timeout=0.02}
peer:send("half")
fails(t.recv_exactly, t, 5, short)
fails(t.recv_until, t, "\r\n", short)
fails(t.recv_line, t, short)
fails(t.recv_lines, t, 2, short)
fails(t.recv_regex, t, "\\d+", short)
fails(t.recv_all, t, short)
fails(t.send_after, t, "?", "!", short)
fails(t.expect, t, "half of it", short)
fails(t.expect, t, tube.pattern("half of .*"), short)
print(repr(t:recv()))
fails(t.recv, t, short)
fails(t.recv, t, {timeout=0})

-- What is there is taken without waiting.
peer:send("a,b\0,c\xff")
print(repr(t:recv(1, {timeout=0})), repr(t:recv_until("\0,", {drop=true})), repr(t:recv()))

-- A delimiter that comes in pieces, another task sending meanwhile.
task.spawn(function()
  for piece in ("x\r \r\n y"):gmatch(".") do peer:send(piece) task.sleep(0) end
end)
print(repr(t:recv_until("\r\n")), repr(t:recv_exactly(2)))

-- Lines.
peer:send("one\ntwo\r\n\n\rthree\n")
print(repr(t:recv_line()), repr(t:recv_line({drop=false})), repr(t:recv_lines(2)))
print(repr(t:recv_lines(0)))

-- Patterns, of bytes.
peer:send("\x00\xffid=7;id=8;")
print(repr(t:recv_regex("\xff")), repr(t:recv_regex("(?-u)id=(.);", {capture=true})))
print(repr(t:recv_regex(tube.pattern("(x)?;"), {capture=true})))

-- Put back, and taken again.
t:unrecv("tail")
t:unrecv("head, ")
print(repr(t:recv()))

-- The end.
peer:send("rest")
peer:close()
fails(t.recv_line, t)
fails(t.expect, t, "rest of it")
print(repr(t:recv_all()), repr(t:recv()), repr(t:recv_all()))
fails(t.recv_exactly, t, 1)
print(repr(t:recv_exactly(0)))
t:close()
t:close()
fails(t.recv, t)

-- No more than the limit lies unread.
local a, b = socket.socketpair()
local t, peer = tube.wrap(a, {limit=8}), tube.wrap(b)
peer:send("0123456789")
fails(t.recv_until, t, "9")
fails(t.recv_exactly, t, 9)
fails(t.unrecv, t, "x")
print(repr(t:recv_exactly(8)), repr(t:recv_until("9")))
t:close()
peer:close()

-- Lines with an end of their own.
local a, b = socket.socketpair()
local t, peer = tube.wrap(a, {newline="\r\n"}), tube.wrap(b, {newline="\r\n"})
peer:send_line("one\ntwo")
print(repr(t:recv_line()))
t:close()
peer:close()
-- What comes again and again does not put the end off.
local near, far = socket.socketpair()
local t = tube.wrap(near, {timeout=0.1})
local sends = task.spawn(function() while true do far:sendall("x") task.sleep(0) end end)
for _, read in ipairs{t.recv_until, t.recv_regex, t.expect} do
  local ok, e = pcall(read, t, read == t.recv_until and "N" or tube.pattern("x*N"))
  print(e.name, #e.partial > 0)
end
sends:cancel()
t:close()
far:close()
