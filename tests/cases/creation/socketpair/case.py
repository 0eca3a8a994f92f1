# Two sockets that are already connected.
import socket

a, b = socket.socketpair()
print(int(a.family), int(a.type), a.proto, sep="\t")
a.sendall(b"to b")
b.sendall(b"to a")
print(repr(b.recv(10)), repr(a.recv(10)))
print(repr(a.get_inheritable()), repr(a.getblocking()))
a.close()
print(repr(b.recv(10)))
b.close()

a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
print(int(a.family), int(a.type), sep="\t")
a.send(b"one")
a.send(b"two")
print(repr(b.recv(10)), repr(b.recv(10)))
a.close()
b.close()

a, b = socket.socketpair(type=socket.SOCK_SEQPACKET)
print(int(a.family), int(a.type), sep="\t")
a.close()
b.close()

try:
    socket.socketpair(socket.AF_INET)
except OSError as e:
    print(type(e).__name__, e.errno, e, sep="\t")
