# An error raised again is the same error, and what does not match goes on up.
import socket

first = None


def inner(s):
    global first
    try:
        s.getpeername()
    except OSError as e:
        first = e
        raise


def outer(s):
    try:
        inner(s)
    except socket.timeout:
        print("not this one")


with socket.socket() as s:
    try:
        outer(s)
    except OSError as e:
        print(repr(e is first), type(e).__name__, e.errno, e, sep="\t")
