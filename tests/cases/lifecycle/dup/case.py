# dup: a second socket on the same connection, with the same timeout.
import socket

a, b = socket.socketpair()
a.settimeout(4)
c = a.dup()
print(int(c.family), int(c.type), c.proto, repr(c.gettimeout()))
print(repr(c.fileno() != a.fileno()), repr(c.get_inheritable()))
a.close()
c.sendall(b"from the copy")
print(repr(b.recv(100)))
b.sendall(b"to the copy")
print(repr(c.recv(100)))

fd = socket.dup(c.fileno())
print(repr(fd != c.fileno()))
c.close()
d = socket.socket(fileno=fd)
d.sendall(b"from the third")
print(repr(b.recv(100)))
d.close()
print(repr(b.recv(100)))
b.close()
