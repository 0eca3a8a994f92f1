# Unix sockets print their paths.
import os
import re
import socket


def show(s):
    print(re.sub(r"fd=\d+", "fd=N", repr(s)))


a, b = socket.socketpair()
show(a)
show(b)
a.close()
b.close()

with socket.socket(socket.AF_UNIX) as server:
    server.bind("printed.sock")
    server.listen()
    show(server)
    with socket.socket(socket.AF_UNIX) as c:
        c.connect("printed.sock")
        show(c)
        conn, addr = server.accept()
        show(conn)
        conn.close()
    show(c)
os.remove("printed.sock")
