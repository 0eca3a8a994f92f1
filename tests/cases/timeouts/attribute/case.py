# The attribute `timeout` follows whatever sets the timeout, for each socket by itself, after many other values and after the close.
import socket

a, b = socket.socketpair()
print(a.family == socket.AF_UNIX, a.type == socket.SOCK_STREAM, a.proto, repr(a.timeout), repr(b.timeout))
a.settimeout(2.5)
print(repr(a.timeout), repr(b.timeout))
a.setblocking(False)
b.settimeout(2.5)
print(repr(a.timeout), repr(b.timeout))
a.setblocking(True)
print(repr(a.timeout), repr(b.timeout))
try:
    a.settimeout(-1)
except ValueError:
    print("refused", repr(a.timeout))
for i in range(1, 41):
    a.settimeout(i / 4)
    assert a.timeout == i / 4
print(repr(a.timeout), repr(a.gettimeout()))
a.settimeout(2.5)
print(repr(a.timeout), a.family == b.family)
a.sendall(b"over and over")
print(b.recv(4).decode(), b.recv(100).decode())
a.close()
print(repr(a.timeout), a.family == socket.AF_UNIX, a.type == socket.SOCK_STREAM, a.proto)
try:
    a.settimeout(7)
except OSError:
    print("closed", repr(a.timeout))
b.close()
socket.setdefaulttimeout(1.5)
with socket.socket() as c:
    print(repr(c.timeout), c.family == socket.AF_INET)
