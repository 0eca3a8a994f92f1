# The default timeout: what new sockets begin with, accepted ones too.
import socket

print(repr(socket.getdefaulttimeout()))
print(repr(socket.setdefaulttimeout(2)))
print(repr(socket.getdefaulttimeout()))

with socket.socket() as s:
    print(repr(s.gettimeout()))
a, b = socket.socketpair()
print(repr(a.gettimeout()), repr(b.gettimeout()))
c = a.dup()
print(repr(c.gettimeout()))
d = socket.fromfd(a.fileno(), socket.AF_UNIX, socket.SOCK_STREAM)
print(repr(d.gettimeout()))
for s in (a, b, c, d):
    s.close()

with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname(), timeout=7) as c:
        conn, addr = server.accept()
        print(repr(server.gettimeout()), repr(c.gettimeout()), repr(conn.gettimeout()))
        conn.close()
    with socket.create_connection(server.getsockname()) as c:
        print(repr(c.gettimeout()))

socket.setdefaulttimeout(0)
with socket.socket() as s:
    print(repr(s.gettimeout()), repr(s.getblocking()))
socket.setdefaulttimeout(None)
with socket.socket() as s:
    print(repr(s.gettimeout()), repr(s.getblocking()))
