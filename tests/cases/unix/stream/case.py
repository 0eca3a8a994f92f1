# A Unix socket at a path: the address is the path.
import os
import socket

with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
    print(repr(server.getsockname()))
    server.bind("stream.sock")
    print(server.getsockname())
    server.listen()
    with socket.socket(socket.AF_UNIX) as c:
        c.connect("stream.sock")
        conn, addr = server.accept()
        print(repr(addr))
        print(repr(c.getsockname()), c.getpeername(), sep="\t")
        print(conn.getsockname(), repr(conn.getpeername()), sep="\t")
        c.sendall(b"over a path")
        print(repr(conn.recv(100)))
        conn.close()
        print(repr(c.recv(100)))
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.bind("stream.sock")
    except OSError as e:
        print(type(e).__name__, e.errno, e.strerror, sep="\t")
os.remove("stream.sock")
