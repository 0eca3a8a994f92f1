# QIPCRTR: a message between two ports of this node.
import socket

a = socket.socket(socket.AF_QIPCRTR, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_QIPCRTR, socket.SOCK_DGRAM)
for s in (a, b):
    s.settimeout(20)
node, port = a.getsockname()
a.bind((node, 0x6001))
b.bind((node, 0x6002))
print(repr(a.getsockname()), repr(b.getsockname()))
print(a.sendto(b"hello, port", (node, 0x6002)))
print(repr(b.recvfrom(100)))
b.connect((node, 0x6001))
print(repr(b.getpeername()))
print(b.send(b"and back"))
print(repr(a.recvfrom(100)))
