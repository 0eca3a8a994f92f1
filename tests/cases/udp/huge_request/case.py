# Much more room than a datagram can need: it costs no more than what comes.
import socket

a, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
a.send(b"one")
print(repr(b.recv(2**31 - 1)))
a.send(b"two")
print(repr(b.recvfrom(2**31 - 1)[0]))
a.send(b"three")
print(repr(b.recvmsg(2**31 - 1)[0]))
buffer = bytearray(2**30)
print(len(buffer))
a.close()
b.close()
