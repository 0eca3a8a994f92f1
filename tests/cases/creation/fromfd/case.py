# fromfd duplicates the descriptor: closing one leaves the other.
import socket

a, b = socket.socketpair()
c = socket.fromfd(a.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
print(int(c.family), int(c.type), c.proto, sep="\t")
print(repr(c.fileno() != a.fileno()), repr(c.get_inheritable()))
a.close()
c.sendall(b"through the copy")
print(repr(b.recv(100)))
c.close()
print(repr(b.recv(100)))
b.close()

# Nothing is checked: family and type are what the caller says.
a, b = socket.socketpair()
c = socket.fromfd(a.fileno(), socket.AF_INET, socket.SOCK_DGRAM, 17)
print(int(c.family), int(c.type), c.proto, sep="\t")
for s in (a, b, c):
    s.close()
