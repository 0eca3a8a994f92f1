# shutdown: one direction, the other, both, and where it cannot be.
import socket


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, e.errno, e.strerror, sep="\t")


a, b = socket.socketpair()
show(lambda: a.shutdown(socket.SHUT_WR))
show(lambda: a.send(b"x"))
show(lambda: b.recv(10))
show(lambda: b.send(b"answer"))
show(lambda: a.recv(10))
show(lambda: a.shutdown(socket.SHUT_RD))
show(lambda: a.recv(10))
show(lambda: b.send(b"x"))
a.close()
b.close()

a, b = socket.socketpair()
show(lambda: a.shutdown(socket.SHUT_RDWR))
show(lambda: a.recv(10))
show(lambda: b.recv(10))
show(lambda: a.shutdown(7))
a.close()
b.close()

with socket.socket() as s:
    show(lambda: s.shutdown(socket.SHUT_RDWR))
