# detach gives the descriptor away: the object is closed, the connection is not.
import socket

a, b = socket.socketpair()
fd = a.fileno()
print(repr(a.detach() == fd), a.fileno(), sep="\t")
print(a.detach())
try:
    a.send(b"x")
except OSError as e:
    print(type(e).__name__, e.errno, sep="\t")
a.close()
c = socket.socket(fileno=fd)
print(repr(c.fileno() == fd))
c.sendall(b"still here")
print(repr(b.recv(100)))
fd = c.detach()
print(repr(socket.close(fd)))
print(repr(b.recv(100)))
b.close()
try:
    socket.close(fd)
except OSError as e:
    print(type(e).__name__, e.errno, sep="\t")
