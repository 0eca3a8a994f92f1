# select.select: what is ready comes back as it was given, what is wrong is told, nothing is limited to 1024.
import select
import socket
import threading
import time


def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


class Almost:
    def fileno(self):
        return "fileno"


class Thing:
    def __init__(self, number):
        self.number = number

    def fileno(self):
        return self.number


attempt(select.select, 1, 2, 3)
attempt(select.select, [Almost()], [], [])
attempt(select.select, ["x"], [], [])
attempt(select.select, [], [], [], "not a number")
attempt(select.select, [], [], [], -1)
attempt(select.select, [-1], [], [])
attempt(select.select, [], [], [], 0)

a, b = socket.socketpair()
r, w, x = select.select([a], [a, b], [a], 0)
print(len(r), len(w), len(x), w[0] is a, w[1] is b)
b.send(b"x")
thing = Thing(a.fileno())
r, w, x = select.select([b, thing, a, a.fileno()], [], [], 5)
print(len(r), r[0] is thing, r[1] is a, r[2] == a.fileno())
a.recv(1)

# The end counts as readable; urgent data has a list of its own.
server = socket.create_server(("127.0.0.1", 0))
c = socket.create_connection(server.getsockname())
d, _ = server.accept()
c.send(b"!", socket.MSG_OOB)
r, w, x = select.select([], [], [d], 5)
print(len(x), x[0] is d)
c.close()
r, w, x = select.select([d], [], [], 5)
print(len(r))

# A time that is over, and one that is not.
start = time.monotonic()
print(select.select([a], [], [], 0.05), time.monotonic() - start >= 0.05)
threading.Timer(0.02, b.send, [b"y"]).start()
r, w, x = select.select([a], [], [])
print(len(r), a.recv(1))

# What is closed.
d.close()
attempt(select.select, [d], [], [], 0)
number = a.fileno()
a.close()
try:
    select.select([], [number], [], 0)
except OSError as e:
    print(e.errno == 9, isinstance(e, select.error))
print(select.error is OSError, select.PIPE_BUF >= 512)
