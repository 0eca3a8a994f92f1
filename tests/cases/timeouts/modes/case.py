# Blocking, non-blocking, with a timeout: one number says which.
import socket


def mode(s):
    print(repr(s.gettimeout()), repr(s.timeout), repr(s.getblocking()))


with socket.socket() as s:
    mode(s)
    print(repr(s.settimeout(5)))
    mode(s)
    s.settimeout(0.25)
    mode(s)
    s.settimeout(0)
    mode(s)
    s.settimeout(None)
    mode(s)
    s.setblocking(False)
    mode(s)
    s.setblocking(True)
    mode(s)
    s.setblocking(0)
    mode(s)
    s.setblocking(1)
    mode(s)
