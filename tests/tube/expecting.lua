-- What is expected, held against what comes.
local a, b = socket.socketpair()
local t, peer = tube.wrap(a, {timeout=5}), tube.wrap(b)

local function differs(what)
  local ok, e = pcall(t.expect, t, what)
  print(ok, e)
  print(repr(e.partial), t.unread)
  t:recv()
end

peer:send("+PONG\r\nrest")
print(repr(t:expect("+PONG\r\n")), repr(t:recv()))

-- It waits for the rest of what is right so far, and no longer than it must for what is wrong.
task.spawn(function() task.sleep(0.01) peer:send("NGx") end)
peer:send("PO")
print(repr(t:expect("PONG")))
differs("y")
peer:send("+PONG\n")
differs("+PONG\r\n")
peer:send("\x01\x02\x03\x04")
differs("\x01\x02\xff\x04")

-- Several: the first that is there whole.
peer:send("OKAY 3 2 1\n")
local data, which = t:expect({"OKAY!", "OK", "OKAY"})
print(repr(data), which - 1)
local data, which = t:expect({"nothing", tube.pattern("(?x) AY \\s # a comment"), "AY"})
print(repr(data), which - 1)
print(repr(t:expect(tube.pattern("\\d \\d"))))
differs({"+OK", "3", " 2"})
peer:send("left over")
local ok, e = pcall(t.expect, t, tube.pattern("left over!"), {timeout=0.02})
print(ok, e)
differs(tube.pattern("right .*\\n"))

-- What is not shown is counted.
peer:send(("x"):rep(200))
local ok, e = pcall(t.expect, t, tube.pattern("y"))
print(ok, e.message:match("[^\n]*$"))
local ok, e = pcall(t.expect, t, "y")
print(ok, e.message:match("[^\n]*$"))
t:recv()

-- In the smallest pieces, what has been looked at is not looked at again.
local begun, long = time.monotonic(), ("a"):rep(300000)
socket.faults("short-reads,seed=1")
local a, b = socket.socketpair()
socket.faults()
local sends = task.spawn(function() for _ = 1, 4 do b:sendall(long .. "; ") end end)
local pieces = tube.wrap(a)
print(#pieces:expect(tube.pattern("a*; ")), #pieces:expect(long .. "; "), #pieces:recv_regex("a; "), #pieces:expect({"b", tube.pattern("(a|;)* ")}))
print(time.monotonic() - begun < 40)
sends:join() pieces:close() b:close()

-- The end.
peer:send("too litt")
peer:close()
differs("too little")
print(pcall(t.expect, t, tube.pattern("more\\n")))
for _, bad in ipairs {"", {}, 7} do
  print(pcall(t.expect, t, bad))
end
print(pcall(tube.pattern, "(open"))
t:close()
