# A socket closes where its scope ends, by an error too.
import socket

with socket.socket() as s:
    kept = s
    print(repr(s.fileno() > 2))
print(kept.fileno())

try:
    with socket.socket() as s:
        kept = s
        s.getpeername()
except OSError as e:
    print(type(e).__name__, e.errno, sep="\t")
print(kept.fileno())

with socket.socket() as s:
    s.close()
print(s.fileno())


def early():
    global kept
    with socket.socket() as s:
        kept = s
        return "returned"


print(early(), kept.fileno(), sep="\t")
