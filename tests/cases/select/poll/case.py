# select.poll: registering, changing, asking; the errors of each.
import select
import socket
import threading


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


p = select.poll()
a, b = socket.socketpair()
p.register(a)
print([(fd == a.fileno(), event == select.POLLOUT) for fd, event in p.poll()])
p.register(b, select.POLLIN)
p.modify(a, select.POLLIN)
print(p.poll(0))
a.send(b"x")
print([(fd == b.fileno(), event == select.POLLIN) for fd, event in p.poll(5000)])
# A number is as good as a socket, and one that is registered again is changed.
p.register(b.fileno(), select.POLLOUT)
print([(fd == b.fileno(), event == select.POLLOUT) for fd, event in p.poll(None)])
p.unregister(b)
attempt(p.unregister, 800)
attempt(p.modify, 800, select.POLLIN)
attempt(p.register, -1)
attempt(p.register, "x")
attempt(p.register, 0, -1)
attempt(p.register, 0, 65536)
attempt(p.poll, "x")
attempt(p.poll, 1 << 31)
# What is closed shows as such.
p.register(b, select.POLLIN)
number = b.fileno()
b.close()
print([(fd == number, event == select.POLLNVAL) for fd, event in p.poll() if fd == number])
p.unregister(number)
print([(fd == a.fileno(), event & select.POLLHUP != 0) for fd, event in p.poll(-1)])
a.close()

# A sender of another thread or task wakes it.
a, b = socket.socketpair()
p = select.poll()
p.register(a, select.POLLIN)
print(p.poll(10.4))
threading.Timer(0.02, b.send, [b"y"]).start()
print(len(p.poll()))
print(select.POLLIN, select.POLLPRI, select.POLLOUT, select.POLLERR, select.POLLHUP, select.POLLNVAL)
