# Paths that cannot be: too long, missing, not a socket, nobody listening.
import os
import socket


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, repr(e.errno), e, sep="\t")


with socket.socket(socket.AF_UNIX) as s:
    show(lambda: s.bind("x" * 109))
    show(lambda: s.bind("x" * 108))
    show(lambda: s.bind("\0" + "x" * 108))
    show(lambda: s.connect("no-such.sock"))
    show(lambda: s.bind("no-such-directory/x.sock"))
    with open("plain", "w"):
        pass
    show(lambda: s.connect("plain"))
    show(lambda: s.bind("x" * 107))
    print(len(s.getsockname()))
    with socket.socket(socket.AF_UNIX) as c:
        show(lambda: c.connect("x" * 107))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as c:
        show(lambda: c.connect("x" * 107))
    s.listen(0)
    with socket.socket(socket.AF_UNIX) as c, socket.socket(socket.AF_UNIX) as d:
        c.connect("x" * 107)
        d.setblocking(False)
        show(lambda: d.connect("x" * 107))
os.remove("plain")
os.remove("x" * 107)
