# Sending into a full buffer: with a timeout, and without waiting.
import socket

a, b = socket.socketpair()
block = b"x" * 65536
a.settimeout(0.05)
try:
    for _ in range(1000):
        a.send(block)
except socket.timeout as e:
    print(type(e).__name__, e, sep="\t")
try:
    a.sendall(block)
except socket.timeout as e:
    print(type(e).__name__, e, sep="\t")
a.setblocking(False)
try:
    for _ in range(1000):
        a.send(block)
except BlockingIOError as e:
    print(type(e).__name__, e.errno, e.strerror, sep="\t")
try:
    a.sendall(block)
except BlockingIOError as e:
    print(type(e).__name__, e.errno, e.strerror, sep="\t")
a.close()
b.close()
