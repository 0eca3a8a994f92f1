-- modify: events that register refuses, which all selectors but that of select(2) take.
local function attempt(f, ...)
  local ok, key = pcall(f, ...)
  if ok then
    print(key.events .. " " .. repr(key.data):gsub("^b'(.*)'$", "%1"))
  else
    print(key.name .. " " .. (key.name == "ValueError" and key.message or ""))
  end
end

-- The pairs that are ready, as Python prints them.
local function told(ready, field)
  local texts = {}
  for place, pair in ipairs(ready) do texts[place] = "(" .. field(pair.key) .. ", " .. pair.events .. ")" end
  return "[" .. table.concat(texts, ", ") .. "]"
end

for _, make in ipairs {selectors.DefaultSelector, selectors.PollSelector, selectors.EpollSelector, selectors.SelectSelector} do
  for _, events in ipairs {0, 4, -1} do
    local s = make()
    local a, b = socket.socketpair()
    attempt(s.register, s, a, events)
    b:send("x")
    s:register(a, selectors.EVENT_READ, "data")
    attempt(s.modify, s, a, events)
    -- What refused them has taken the file out.
    print(#s:get_map())
    attempt(s.get_key, s, a)
    print(#s:select(0))
    attempt(s.modify, s, a, selectors.EVENT_READ, "again")
    print(told(s:select(0), function(key) return "'" .. key.data .. "'" end))
    s:close()
    a:close()
    b:close()
  end
end

-- What nothing is wanted of tells of its end all the same.
for _, make in ipairs {selectors.PollSelector, selectors.EpollSelector} do
  local s = make()
  local a, b = socket.socketpair()
  s:register(a, selectors.EVENT_READ)
  s:modify(a, 0)
  print(told(s:select(0)))
  b:close()
  print(told(s:select(), function(key) return key.events end))
  s:close()
  a:close()
end
