-- A channel hands values on in their order, holds senders back when it is full, and ends a loop when it is closed.
local ch = task.channel()
for n = 0, 2 do ch:send(n) end
print(ch:qsize())
print(ch:recv() .. " " .. ch:recv() .. " " .. ch:recv())
local ok, e = pcall(ch.recv, ch, 0.01)
print(e.name)

-- One place: the sender is never more than a value ahead.
ch = task.channel(1)
local events = {}
local producer = task.spawn(function()
  for n = 0, 2 do
    ch:send(n)
    events[#events + 1] = "sent " .. n
  end
  ch:close()
end)
for n in ch do
  events[#events + 1] = "got " .. n
  task.sleep(0.01)
end
producer:join()
for place, event in ipairs(events) do events[place] = "'" .. event .. "'" end
print("[" .. table.concat(events, ", ") .. "]")
print(repr(ch.closed))
for _, attempt in ipairs {function() ch:recv() end, function() ch:send(1) end} do
  ok, e = pcall(attempt)
  if e:is(task.ShutDown) then print(e.name) end
end

-- Who waits longest is served first.
ch = task.channel()
local served = {}
task.group(function()
  for name in ("abc"):gmatch(".") do
    task.spawn(function()
      local got = ch:recv()
      served[#served + 1] = "'" .. name .. got .. "'"
    end)
  end
  task.sleep(0.01)
  for n in ("123"):gmatch(".") do ch:send(n) end
end)
print("[" .. table.concat(served, ", ") .. "]")

-- Who is cancelled has taken nothing.
local waiter = task.spawn(function() ch:recv() end)
task.sleep(0)
waiter:cancel()
ch:send("kept")
ok, e = pcall(waiter.join, waiter)
print(e.name)
print(ch:recv())
