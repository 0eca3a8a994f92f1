# A timeout raises; the socket stays usable and nothing is lost.
import socket

a, b = socket.socketpair()
b.settimeout(0.05)
for attempt in range(2):
    try:
        b.recv(10)
        print("no error")
    except socket.timeout as e:
        print(type(e).__name__, repr(e.errno), repr(e.strerror), e, sep="\t")
        print(repr(isinstance(e, TimeoutError)), repr(isinstance(e, OSError)), repr(isinstance(e, ConnectionError)))
a.sendall(b"late")
print(repr(b.recv(10)))
buf = bytearray(4)
try:
    b.recv_into(buf)
except socket.timeout as e:
    print(e, repr(buf), sep="\t")
try:
    b.recvfrom(4)
except socket.timeout as e:
    print(e)
a.close()
print(repr(b.recv(10)))
b.close()
