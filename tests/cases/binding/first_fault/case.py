# Where several things are wrong, which is told; and kinds that are taken for others.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), sep="\t")


s = socket.socket()
show(lambda: s.listen(None))
show(lambda: s.set_inheritable(1 << 40))
show(lambda: s.settimeout(True))
show(s.gettimeout)
# Addresses are read before buffers and control data, kinds before ranges.
show(lambda: s.sendmsg([b"x"], [("x", 1, b"")], 0, ("127.0.0.1", 65536)))
show(lambda: s.sendmsg([5], [], 0, ("127.0.0.1", 65536)))
six = socket.socket(socket.AF_INET6)
show(lambda: six.connect(("::1", 65536, "x")))
show(lambda: six.connect(("::1", 65536, 1 << 20)))
show(lambda: six.connect(("::1", 1, 1 << 20)))
six.close()
u = socket.socket(socket.AF_UNIX)
show(lambda: u.bind(("path",)))
u.close()
s.close()
# A closed socket: what needs no descriptor is checked before it.
show(lambda: s.getsockopt(1, 2, -1))
show(lambda: s.getsockopt(1, 2, 1025))
show(lambda: s.getsockopt(1, 2))
show(lambda: s.settimeout(7))
show(s.gettimeout)
show(lambda: s.setblocking(False))
show(s.getblocking)
# A host that is no name, before a service that is none.
show(lambda: socket.getaddrinfo(".", []))
