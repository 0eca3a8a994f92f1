# RDS: reliable datagrams between two ports of loopback; the addresses are those of IPv4.
import socket

a = socket.socket(socket.AF_RDS, socket.SOCK_SEQPACKET)
b = socket.socket(socket.AF_RDS, socket.SOCK_SEQPACKET)
for s in (a, b):
    s.settimeout(20)
a.bind(("127.0.0.1", 4001))
b.bind(("127.0.0.1", 4002))
print(repr(a.getsockname()))
print(a.sendto(b"reliably", ("127.0.0.1", 4002)))
print(repr(b.recvfrom(100)))
b.connect(("127.0.0.1", 4001))
print(repr(b.getpeername()))
print(b.send(b"and back"))
print(repr(a.recvfrom(100)))
