# The descriptor's own mode, set behind the timeout's back: calls do as the kernel does.
import fcntl
import os
import socket


def attempt(s):
    try:
        print(repr(s.recv(1)), s.gettimeout())
    except OSError as e:
        print(type(e).__name__, e.errno == 11, s.gettimeout())


a, b = socket.socketpair()
fcntl.fcntl(a, fcntl.F_SETFL, os.O_NONBLOCK)
attempt(a)
b.send(b"x")
attempt(a)
c = socket.socket(fileno=os.dup(a.fileno()))
attempt(c)
c.detach()
a.settimeout(None)
b.send(b"y")
attempt(a)
a.setblocking(False)
attempt(a)
fcntl.fcntl(a, fcntl.F_SETFL, 0)
b.send(b"z")
attempt(a)
b.close()
attempt(a)
a.setblocking(False)
attempt(a)
a.close()
