# The shortest and the longest timeouts: the shortest still waits, the longest is about 292 years.
import socket
import time


def show(f):
    try:
        print("ok", f())
    except Exception as e:
        print(type(e).__name__)


s = socket.socket()
for seconds in (1e-300, 1e-10, 1e-9):
    s.settimeout(seconds)
    print(s.gettimeout() > 0, s.getblocking())
for seconds in (9e9, 9.3e9, 1e10, 1e300, 2**40, 2**62):
    show(lambda: s.settimeout(seconds))
    show(lambda: socket.setdefaulttimeout(seconds))
    socket.setdefaulttimeout(None)
print(s.gettimeout() == 9e9)
for seconds in (-1e-300, -1e-10):
    show(lambda: s.settimeout(seconds))
show(lambda: s.settimeout(-0.0))
print(s.gettimeout() == 0, s.getblocking())
a, b = socket.socketpair()
a.settimeout(1e-9)
show(lambda: a.recv(1))
show(lambda: time.sleep(1e10))
show(lambda: time.sleep(-1e-10))
a.close()
b.close()
s.close()
