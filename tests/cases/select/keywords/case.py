# Selectors and epoll objects take their arguments by name, and data that looks like names stays data.
import select
import selectors
import socket

a, b = socket.socketpair()
selector = selectors.DefaultSelector()
key = selector.register(fileobj=a, events=selectors.EVENT_READ, data=1)
print(repr(key.fileobj is a), key.events, key.data)
key = selector.modify(a, events=selectors.EVENT_WRITE, data=2)
print(repr(key.fileobj is a), key.events, key.data)
key = selector.modify(a, selectors.EVENT_READ, {"events": 3})
print(key.events, key.data["events"])
print(selector.get_key(fileobj=a).events)
print(selector.unregister(fileobj=a).data["events"])
try:
    selector.register(fileobj=a, event=1)
except TypeError as e:
    print(type(e).__name__)
selector.close()
key = selectors.SelectorKey(fileobj=7, fd=8, events=1, data=9)
print(key.fileobj, key.fd, key.events, key.data)

ep = select.epoll()
ep.register(fd=a, eventmask=select.EPOLLIN)
ep.modify(fd=a, eventmask=select.EPOLLOUT)
ep.modify(a, eventmask=select.EPOLLOUT)
print(repr([(fd == a.fileno(), event) for fd, event in ep.poll(timeout=5)]))
ep.unregister(fd=a)
print(repr(ep.poll(timeout=0)))
ep.close()
poll = select.poll()
poll.register(a)
poll.modify(a, select.POLLOUT)
print(len(poll.poll(5000)))


class Like:
    def __init__(self, sock):
        self.fileno = sock.fileno


like = Like(a)
poll.unregister(like)
poll.register(like)
print(len(poll.poll(5000)))
a.close()
b.close()
