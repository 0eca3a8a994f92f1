# Options that do not exist, lengths that cannot be, the form without a value.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), repr(getattr(e, "strerror", None) is None), sep="\t")


with socket.socket() as s:
    show(lambda: s.getsockopt(socket.SOL_SOCKET, 9999))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, 9999, 1))
    show(lambda: s.getsockopt(12345, 1))
    show(lambda: s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 1025))
    show(lambda: s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE, -1))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, b""))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, None, 4))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, None))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1, 4))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1.5))
    show(lambda: s.setsockopt(socket.SOL_SOCKET, socket.SO_TYPE, 1))
show(lambda: s.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
