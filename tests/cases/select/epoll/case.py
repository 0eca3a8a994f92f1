# select.epoll: the set, its errors, edges, what is left for the next call, closing.
import select
import socket
import threading


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


attempt(select.epoll, -2)
attempt(select.epoll, 0)
attempt(select.epoll, 1, 5)
ep = select.epoll(16, select.EPOLL_CLOEXEC)
a, b = socket.socketpair()
ep.register(a, select.EPOLLIN | select.EPOLLOUT)
ep.register(b.fileno(), select.EPOLLIN | select.EPOLLOUT)
print([event == select.EPOLLOUT for fd, event in ep.poll(1, 4)])
print(len(ep.poll(1, 1)))
a.send(b"Hello!")
print([event == select.EPOLLIN | select.EPOLLOUT for fd, event in ep.poll(1) if fd == b.fileno()])
ep.modify(a, select.EPOLLIN)
ep.modify(b, select.EPOLLOUT)
print([(fd == b.fileno(), event == select.EPOLLOUT) for fd, event in ep.poll()])
ep.modify(b, 0)
print(ep.poll(0))
attempt(ep.register, a)
attempt(ep.register, -1)
attempt(ep.register, "x")
attempt(ep.register, ep)
attempt(ep.modify, 900, 1)
attempt(ep.unregister, 900)
attempt(ep.poll, 0, 0)
attempt(ep.poll, 0, -2)
attempt(ep.poll, "x")
ep.unregister(a)
attempt(ep.unregister, a)
attempt(ep.modify, a, 1)
with open("plain", "w+") as f:
    attempt(ep.register, f)

# An edge is told of once; a descriptor that was told of once is silent until it is changed.
ep.modify(b, select.EPOLLIN | select.EPOLLET)
print(len(ep.poll(1)), len(ep.poll(0)))
ep.modify(b, select.EPOLLIN | select.EPOLLONESHOT)
print(len(ep.poll(1)), len(ep.poll(0)))
b.recv(100)

# It can wait for another set, and be waited for.
outer = select.epoll()
outer.register(ep, select.EPOLLIN)
ep.modify(b, select.EPOLLIN)
print(outer.poll(0), select.select([ep], [], [], 0))
threading.Timer(0.02, a.send, [b"x"]).start()
print([(fd == ep.fileno(), event) for fd, event in outer.poll(5)], len(ep.poll(5)))
same = select.epoll.fromfd(socket.dup(ep.fileno()))
print(len(same.poll(0)), same.closed)
same.close()
outer.close()

# A closed descriptor leaves the set; a closed set says so.
b.close()
print(ep.poll(0))
ep.close()
ep.close()
print(ep.closed)
attempt(ep.fileno)
attempt(ep.poll, 0)
attempt(ep.register, a)
with select.epoll() as ep:
    print(ep.fileno() > 2)
print(ep.closed)
print(select.EPOLLIN, select.EPOLLOUT, select.EPOLLERR, select.EPOLLHUP, select.EPOLLET, select.EPOLLONESHOT)
named = select.epoll()
named.register(fd=a, eventmask=select.EPOLLOUT)
named.modify(fd=a, eventmask=select.EPOLLIN)
print(len(named.poll(timeout=0, maxevents=1)))
