# A socket is offered to a process, closed, and taken once. Python has share() on Windows only: its effect, spelt out.
import os
import socket

offers = {}


def share(sock, process_id):
    os.kill(process_id, 0)
    offers[len(offers)] = os.dup(sock.fileno())
    return len(offers) - 1


def fromshare(data):
    if data not in offers:
        raise ConnectionRefusedError(111, "the socket was taken")
    return socket.socket(fileno=offers.pop(data))


a, b = socket.socketpair()
data = share(a, os.getpid())
a.close()
print(a.fileno())
taken = fromshare(data)
taken.sendall(b"through a duplicate")
print(b.recv(100))
print(taken.family == b.family, taken.type == b.type, taken.get_inheritable(), taken.gettimeout())
try:
    fromshare(data)
except OSError as e:
    print(type(e).__name__)
try:
    share(b, 2 ** 22 + 1)
except OSError as e:
    print(type(e).__name__)
for sock in (taken, b):
    sock.close()
