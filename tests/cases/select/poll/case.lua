-- select.poll: registering, changing, asking; the errors of each.
local function attempt(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and repr(e) or e.name .. " " .. e.message)
end

-- The pairs that are ready, each as the test of both its places.
local function told(ready, fd, test)
  local pairs = {}
  for place, pair in ipairs(ready) do
    pairs[place] = "(" .. repr(pair[1] == fd) .. ", " .. repr(test(pair[2])) .. ")"
  end
  print("[" .. table.concat(pairs, ", ") .. "]")
end
local function is(event) return function(given) return given == event end end

local p = select.poll()
local a, b = socket.socketpair()
p:register(a)
told(p:poll(), a:fileno(), is(select.POLLOUT))
p:register(b, select.POLLIN)
p:modify(a, select.POLLIN)
print(repr(p:poll(0)))
a:send("x")
told(p:poll(5000), b:fileno(), is(select.POLLIN))
-- A number is as good as a socket, and one that is registered again is changed.
p:register(b:fileno(), select.POLLOUT)
told(p:poll(nil), b:fileno(), is(select.POLLOUT))
p:unregister(b)
attempt(p.unregister, p, 800)
attempt(p.modify, p, 800, select.POLLIN)
attempt(p.register, p, -1)
attempt(p.register, p, "x")
attempt(p.register, p, 0, -1)
attempt(p.register, p, 0, 65536)
attempt(p.poll, p, "x")
attempt(p.poll, p, 1 << 31)
-- What is closed shows as such.
p:register(b, select.POLLIN)
local number = b:fileno()
b:close()
local ready = {}
for _, pair in ipairs(p:poll()) do
  if pair.fd == number then ready[#ready + 1] = pair end
end
told(ready, number, is(select.POLLNVAL))
p:unregister(number)
told(p:poll(-1), a:fileno(), function(event) return event & select.POLLHUP ~= 0 end)
a:close()

-- A sender of another thread or task wakes it.
a, b = socket.socketpair()
p = select.poll()
p:register(a, select.POLLIN)
print(repr(p:poll(10.4)))
task.spawn(function()
  task.sleep(0.02)
  b:send("y")
end)
print(#p:poll())
print(table.concat({select.POLLIN, select.POLLPRI, select.POLLOUT, select.POLLERR, select.POLLHUP, select.POLLNVAL}, " "))
