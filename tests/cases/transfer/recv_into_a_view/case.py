# A part of a buffer is a buffer too.
import socket

a, b = socket.socketpair()
buf = bytearray(b"0123456789")
view = memoryview(buf)[2:9]
print(len(view))
a.sendall(b"ABC")
print(b.recv_into(view), repr(buf), sep="\t")
a.sendall(b"more than seven")
print(b.recv_into(view), repr(buf), sep="\t")
print(repr(b.recv(100)))
print(a.send(view), repr(b.recv(100)), sep="\t")
print(a.send(buf), repr(b.recv(100)), sep="\t")
a.close()
b.close()
