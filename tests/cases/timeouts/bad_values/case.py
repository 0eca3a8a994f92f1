# Values that are no timeout; the old one stays.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


with socket.socket() as s:
    s.settimeout(3)
    show(lambda: s.settimeout(-1))
    show(lambda: s.settimeout(-0.001))
    show(lambda: s.settimeout("1"))
    show(lambda: s.settimeout(float("nan")))
    show(lambda: s.settimeout(1e20))
    show(lambda: s.settimeout())
    print(repr(s.gettimeout()))
show(lambda: socket.setdefaulttimeout(-1))
show(lambda: socket.setdefaulttimeout("x"))
print(repr(socket.getdefaulttimeout()))
