# What a relay cannot do. Python has none: its errors, by what the sockets say.
import socket

a, b = socket.socketpair()
c, d = socket.socketpair()
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


def relay(one, other):
    if one is other:
        raise ValueError("relay() needs two sockets")
    for s in (one, other):
        if s.type != socket.SOCK_STREAM:
            raise ValueError("only SOCK_STREAM type sockets are supported")
        if s.gettimeout() == 0:
            raise ValueError("non-blocking sockets are not supported")
    one.recv(1)


def attempt(one, other):
    try:
        relay(one, other)
    except (ValueError, OSError) as e:
        print(type(e).__name__, e)


attempt(a, a)
attempt(a, u)
c.setblocking(False)
attempt(a, c)
c.setblocking(True)
a.settimeout(0.02)
attempt(a, c)
print(a.gettimeout(), c.gettimeout())
a.close()
attempt(a, c)
for s in (b, c, d, u):
    s.close()
