-- Programs: talked to, waited for, ended.
local t = tube.spawn({"cat"})
t:send("\0binary\xff\n")
print(repr(t:recv_line()), t.socket, t.pid > 1)
t:shutdown()
print(repr(t:recv_all()), t:wait(), t:wait())
t:close()
print(pcall(t.wait, t))

-- Much both ways at once.
local t = tube.spawn({"cat"})
local data = ("0123456789abcdef"):rep(65536)
task.spawn(function() t:send(data) t:shutdown() end)
print(t:recv_all() == data, t:wait())
t:close()

-- Its surroundings.
local t = tube.spawn({"sh", "-c", "echo $WORD $0 \"$1\"; pwd; echo alas >&2; kill -9 $$", "zero", "a b"},
  {cwd="/", env={WORD="told"}, stderr="stdout"})
print(repr(t:recv_all()), t:wait())
t:close()

-- One that does not end when asked is killed, with what it has started.
local t = tube.spawn({"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"})
t:recv_line()
local began = time.monotonic()
t:close({timeout=0.05})
print(time.monotonic() - began < 30)

-- Waiting lets others run, and ends in time.
local t = tube.spawn({"cat"})
local ticks = 0
local other = task.spawn(function() while true do ticks = ticks + 1 task.sleep(0.001) end end)
local ok, e = pcall(t.wait, t, {timeout=0.05})
print(ok, e.name, ticks > 1)
local ok, e = pcall(t.recv_line, t, {timeout=0.05})
print(ok, e.name)
other:cancel()
pcall(other.join, other)
t:close()

-- What cannot be.
for _, argv in ipairs {{"/no/such/program"}, {}, {""}, {"a\0b"}, 5, "no such program"} do
  local ok, e = pcall(tube.spawn, argv)
  print(ok, e)
end
local ok, e = pcall(tube.spawn, "cat", {stderr="away"})
print(ok, e)
