-- select.epoll: the set, its errors, edges, what is left for the next call, closing.
local function attempt(f, ...)
  local ok, e = pcall(f, ...)
  print(ok and repr(e) or e.name .. " " .. e.message)
end

attempt(select.epoll, -2)
attempt(select.epoll, 0)
attempt(select.epoll, 1, 5)
local ep = select.epoll(16, select.EPOLL_CLOEXEC)
local a, b = socket.socketpair()
ep:register(a, select.EPOLLIN | select.EPOLLOUT)
ep:register(b:fileno(), select.EPOLLIN | select.EPOLLOUT)
local ready = ep:poll(1, 4)
print("[" .. repr(ready[1].event == select.EPOLLOUT) .. ", " .. repr(ready[2].event == select.EPOLLOUT) .. "]")
print(#ep:poll(1, 1))
a:send("Hello!")
for _, pair in ipairs(ep:poll(1)) do
  if pair.fd == b:fileno() then print("[" .. repr(pair.event == select.EPOLLIN | select.EPOLLOUT) .. "]") end
end
ep:modify(a, select.EPOLLIN)
ep:modify(b, select.EPOLLOUT)
ready = ep:poll()
print("[(" .. repr(#ready == 1 and ready[1].fd == b:fileno()) .. ", " .. repr(ready[1].event == select.EPOLLOUT) .. ")]")
ep:modify(b, 0)
print(repr(ep:poll(0)))
attempt(ep.register, ep, a)
attempt(ep.register, ep, -1)
attempt(ep.register, ep, "x")
attempt(ep.register, ep, ep)
attempt(ep.modify, ep, 900, 1)
attempt(ep.unregister, ep, 900)
attempt(ep.poll, ep, 0, 0)
attempt(ep.poll, ep, 0, -2)
attempt(ep.poll, ep, "x")
ep:unregister(a)
attempt(ep.unregister, ep, a)
attempt(ep.modify, ep, a, 1)
do
  local f <close> = open("plain", "w+")
  attempt(ep.register, ep, f)
end

-- An edge is told of once; a descriptor that was told of once is silent until it is changed.
ep:modify(b, select.EPOLLIN | select.EPOLLET)
print(#ep:poll(1) .. " " .. #ep:poll(0))
ep:modify(b, select.EPOLLIN | select.EPOLLONESHOT)
print(#ep:poll(1) .. " " .. #ep:poll(0))
b:recv(100)

-- It can wait for another set, and be waited for.
local outer = select.epoll()
outer:register(ep, select.EPOLLIN)
ep:modify(b, select.EPOLLIN)
local r, w, x = select.select({ep}, {}, {}, 0)
print(repr(outer:poll(0)) .. " (" .. repr(r) .. ", " .. repr(w) .. ", " .. repr(x) .. ")")
task.spawn(function()
  task.sleep(0.02)
  a:send("x")
end)
ready = outer:poll(5)
print("[(" .. repr(ready[1].fd == ep:fileno()) .. ", " .. ready[1].event .. ")] " .. #ep:poll(5))
local same = select.epoll_fromfd(socket.dup(ep:fileno()))
print(#same:poll(0) .. " " .. repr(same.closed))
same:close()
outer:close()

-- A closed descriptor leaves the set; a closed set says so.
b:close()
print(repr(ep:poll(0)))
ep:close()
ep:close()
print(repr(ep.closed))
attempt(ep.fileno, ep)
attempt(ep.poll, ep, 0)
attempt(ep.register, ep, a)
do
  local scoped <close> = select.epoll()
  ep = scoped
  print(repr(ep:fileno() > 2))
end
print(repr(ep.closed))
print(table.concat({select.EPOLLIN, select.EPOLLOUT, select.EPOLLERR, select.EPOLLHUP, select.EPOLLET, select.EPOLLONESHOT}, " "))
local named = select.epoll()
named:register{fd = a, eventmask = select.EPOLLOUT}
named:modify{fd = a, eventmask = select.EPOLLIN}
print(#named:poll{timeout = 0, maxevents = 1})
