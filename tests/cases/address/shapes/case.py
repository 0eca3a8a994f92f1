# Addresses of the wrong shape.
import socket


def show(f):
    try:
        f()
        print("no error")
    except Exception as e:
        print(type(e).__name__)


with socket.socket() as s:
    show(lambda: s.bind("127.0.0.1"))
    show(lambda: s.bind(("127.0.0.1",)))
    show(lambda: s.bind(("127.0.0.1", 80, 0)))
    show(lambda: s.bind(("127.0.0.1", "80")))
    show(lambda: s.bind(("127.0.0.1", 1.5)))
    show(lambda: s.bind((5, 80)))
    show(lambda: s.bind(("127.0.0.1", 65536)))
    show(lambda: s.bind(("127.0.0.1", -1)))
    show(lambda: s.bind(None))
    show(lambda: s.connect(("127.0.0.1", 65536)))
    show(lambda: s.connect_ex(("127.0.0.1", -1)))
    show(lambda: s.connect(5))
with socket.socket(socket.AF_INET6) as s:
    show(lambda: s.bind(("::1", 0, 1 << 20)))
    show(lambda: s.bind(("::1", 0, -1)))
    show(lambda: s.bind(("::1", 0, 0, 0, 0)))
with socket.socket(socket.AF_UNIX) as s:
    show(lambda: s.bind(("name", 1)))
    show(lambda: s.connect(5))
