# MSG_PEEK leaves the data, MSG_WAITALL waits for all, MSG_DONTWAIT for nothing.
import socket

a, b = socket.socketpair()
a.sendall(b"abcdef")
print(repr(b.recv(3, socket.MSG_PEEK)), repr(b.recv(3)), repr(b.recv(3, 0)))
a.send(b"12")
a.send(b"34")
print(repr(b.recv(4, socket.MSG_WAITALL)))
try:
    b.recv(10, socket.MSG_DONTWAIT)
except BlockingIOError as e:
    print(e.errno, e.strerror, sep="\t")
print(repr(b.getblocking()))
print(a.send(b"x", socket.MSG_DONTWAIT), repr(a.sendall(b"yz", 0)), sep="\t")
print(repr(b.recv(10)))
a.close()
try:
    b.send(b"x", socket.MSG_NOSIGNAL)
except BrokenPipeError as e:
    print(e.errno, e.strerror, sep="\t")
b.close()
