# Sending and receiving no bytes at all.
import socket

a, b = socket.socketpair()
print(a.send(b""), repr(a.sendall(b"")), sep="\t")
a.sendall(b"x")
print(repr(b.recv(0)), repr(b.recv(1)))
print(b.recv_into(bytearray(0)))
b.settimeout(0)
try:
    b.recv(1)
except BlockingIOError as e:
    print(type(e).__name__, e.errno, sep="\t")
a.close()
b.close()
