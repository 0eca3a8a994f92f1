# What UDP refuses.
import socket


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, repr(e.errno), e.strerror, sep="\t")


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    show(lambda: s.send(b"x"))
    show(lambda: s.sendto(bytes(70000), ("127.0.0.1", 9)))
    show(lambda: s.sendto(b"x", ("127.0.0.1", 0)))
    show(lambda: s.sendto(b"x", ("127.255.255.255", 9)))
    show(lambda: s.listen())
    show(lambda: s.accept())
    show(lambda: s.getpeername())
    show(lambda: s.bind(("192.0.2.1", 0)))

# A connected socket hears that nobody is there (the port is taken, by one who listens to another).
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    deaf.bind(("127.0.0.1", 0))
    deaf.connect(("127.0.0.1", 9))
    s.connect(deaf.getsockname())
    s.settimeout(5)
    show(lambda: s.send(b"anyone?"))
    show(lambda: s.recv(10))
