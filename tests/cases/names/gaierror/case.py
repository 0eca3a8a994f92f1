# What the resolver refuses: gaierror, with the resolver's own numbers.
import socket


def show(f):
    try:
        f()
        print("no error")
    except socket.gaierror as e:
        print(type(e).__name__, e.errno, e.strerror, str(e), sep="\t")
        print(repr(isinstance(e, OSError)), repr(isinstance(e, socket.herror)), repr(isinstance(e, ValueError)))


show(lambda: socket.getaddrinfo(None, None))
show(lambda: socket.getaddrinfo("127.0.0.1", "no-such-service"))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, 9999))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, type=77))
show(lambda: socket.getaddrinfo("127.0.0.1", 80, flags=1 << 30))
show(lambda: socket.getaddrinfo("::1", 80, socket.AF_INET))
