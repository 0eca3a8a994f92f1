# An empty result means the end, every time it is asked for.
import socket

a, b = socket.socketpair()
a.sendall(b"last words")
a.shutdown(socket.SHUT_WR)
print(repr(b.recv(4)), repr(b.recv(100)), repr(b.recv(100)), repr(b.recv(1)))
b.sendall(b"answer")
print(repr(a.recv(100)))
b.close()
print(repr(a.recv(100)))
a.close()
