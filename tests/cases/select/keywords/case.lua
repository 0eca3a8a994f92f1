-- Selectors and epoll objects take their arguments by name, and data that looks like names stays data.
local a, b = socket.socketpair()
local selector = selectors.DefaultSelector()
local key = selector:register {fileobj = a, events = selectors.EVENT_READ, data = 1}
print(repr(key.fileobj == a) .. " " .. key.events .. " " .. key.data)
key = selector:modify(a, {events = selectors.EVENT_WRITE, data = 2})
print(repr(key.fileobj == a) .. " " .. key.events .. " " .. key.data)
key = selector:modify(a, selectors.EVENT_READ, {events = 3})
print(key.events .. " " .. key.data.events)
print(selector:get_key({fileobj = a}).events)
print(selector:unregister({fileobj = a}).data.events)
local _, e = pcall(selector.register, selector, {fileobj = a, event = 1})
print(e.name)
selector:close()
key = selectors.SelectorKey {fileobj = 7, fd = 8, events = 1, data = 9}
print(key.fileobj .. " " .. key.fd .. " " .. key.events .. " " .. key.data)

local ep = select.epoll()
ep:register {fd = a, eventmask = select.EPOLLIN}
ep:modify {fd = a, eventmask = select.EPOLLOUT}
ep:modify(a, {eventmask = select.EPOLLOUT})
local ready = ep:poll {timeout = 5}
print(("[(%s, %d)]"):format(repr(ready[1][1] == a:fileno()), ready[1][2]))
ep:unregister {fd = a}
print(repr(ep:poll {timeout = 0}))
ep:close()
local poll = select.poll()
poll:register(a)
poll:modify(a, select.POLLOUT)
print(#poll:poll(5000))
local like = {fileno = function() return a:fileno() end}
poll:unregister(like)
poll:register(like)
print(#poll:poll(5000))
a:close()
b:close()
