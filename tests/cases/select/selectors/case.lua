-- selectors: each selector of CPython's own tests, put through what they ask of it.
local Odd = setmetatable({}, {__index = {fileno = function() return "no number" end}})

local function attempt(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and "done" or e.name)
end

-- The pairs that are ready, each as a test makes of it.
local function told(ready, test)
  local texts = {}
  for place, pair in ipairs(ready) do texts[place] = test(pair.key, pair.events) end
  return "[" .. table.concat(texts, ", ") .. "]"
end
local function events_of(key, events) return tostring(events) end

for _, make in ipairs {selectors.DefaultSelector, selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector} do
  local s = make()
  local rd, wr = socket.socketpair()

  -- register, unregister, modify
  local key = s:register(rd, selectors.EVENT_READ, "data")
  print(repr(rawequal(key.fileobj, rd)) .. " " .. repr(key.fd == rd:fileno()) .. " " .. key.events .. " " .. key.data .. " "
    .. repr(key == s:get_key(rd)))
  attempt(s.register, s, 0, 999999)
  attempt(s.register, s, -10, selectors.EVENT_READ)
  attempt(s.register, s, "x", selectors.EVENT_READ)
  attempt(s.register, s, Odd, selectors.EVENT_READ)
  attempt(s.register, s, rd, selectors.EVENT_READ)
  attempt(s.register, s, rd:fileno(), selectors.EVENT_READ)
  attempt(s.unregister, s, wr)
  attempt(s.modify, s, wr, selectors.EVENT_READ)
  attempt(s.get_key, s, wr)
  key = s:modify(rd, selectors.EVENT_WRITE, "other")
  print(key.events .. " " .. key.data .. " " .. #s:get_map())
  print(s:unregister(rd).data .. " " .. #s:get_map())
  attempt(s.unregister, s, rd)

  -- select
  s:register(rd, selectors.EVENT_READ)
  key = s:register(wr, selectors.EVENT_WRITE, {"kept"})
  for _, ready in ipairs(s:select()) do
    print(repr(ready.key.fileobj == wr) .. " " .. ready.events .. " " .. repr(ready.key.data == key.data))
  end
  wr:send("spam")
  local ready = s:select(0)
  table.sort(ready, function(one, other) return one.events < other.events end)
  print(told(ready, events_of) .. " " .. repr(rd:recv(4)))
  s:modify(wr, selectors.EVENT_READ | selectors.EVENT_WRITE)
  rd:send("eggs")
  print(told(s:select(), events_of))
  wr:recv(4)

  -- The end is readable; a time of nothing or less only looks.
  s:modify(wr, selectors.EVENT_READ)
  print(repr(s:select(0)) .. " " .. repr(s:select(-1)) .. " " .. repr(s:select(0.01)))
  task.spawn(function()
    task.sleep(0.02)
    rd:close()
  end)
  s:unregister(rd)
  print(told(s:select(5), function(key, events) return "(" .. repr(key.fileobj == wr) .. ", " .. events .. ")" end))

  -- What was closed can still be taken out.
  local other, last = socket.socketpair()
  s:register(other, selectors.EVENT_READ)
  other:close()
  print(repr(s:unregister(other).fileobj == other))
  wr:close()
  s:unregister(wr)

  s:register(last, selectors.EVENT_READ)
  s:close()
  s:close()
  print(repr(s:get_map()))
  attempt(s.get_key, s, last)
  do
    local scoped <close> = make()
    s = scoped
    s:register(last, selectors.EVENT_WRITE)
    print(#s:select())
  end
  print(repr(s:get_map()) .. " " .. repr(last:fileno() >= 0))
  last:close()
end

local key = selectors.SelectorKey("f", 3, selectors.EVENT_READ, nil)
print(key.fileobj .. " " .. key.fd .. " " .. key.events .. " " .. repr(key.data) .. " " .. selectors.EVENT_WRITE)
