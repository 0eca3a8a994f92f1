# How a socket prints; descriptors and ports are masked, as they vary.
import re
import socket


def show(s):
    print(re.sub(r"', [1-9]\d*", "', PORT", re.sub(r"fd=\d+", "fd=N", str(s))))


s = socket.socket()
show(s)
s.bind(("127.0.0.1", 0))
show(s)
s.listen()
show(s)
c = socket.create_connection(s.getsockname())
show(c)
conn, addr = s.accept()
show(conn)
print(repr(repr(conn) == str(conn)))
for each in (conn, c, s):
    each.close()
show(s)
show(c)

for family, kind, proto in (
    (socket.AF_INET, socket.SOCK_DGRAM, 0),
    (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP),
    (socket.AF_INET6, socket.SOCK_STREAM, 0),
    (socket.AF_UNIX, socket.SOCK_STREAM, 0),
):
    with socket.socket(family, kind, proto) as s:
        show(s)
    show(s)

with socket.socket() as s:
    socket.close(s.detach())
    show(s)
