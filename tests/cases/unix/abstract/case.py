# Names that are no files: chosen by the script (after a NUL byte), or by the kernel.
import os
import socket

name = b"\0wirescript case " + str(os.getpid()).encode()
with socket.socket(socket.AF_UNIX) as server:
    server.bind(name)
    server.listen()
    print(repr(server.getsockname())[:22])
    with socket.socket(socket.AF_UNIX) as c:
        c.connect(name)
        conn, addr = server.accept()
        print(repr(c.getpeername() == server.getsockname()), repr(addr))
        c.sendall(b"abstract")
        print(repr(conn.recv(100)))
        conn.close()
    with socket.socket(socket.AF_UNIX) as s:
        try:
            s.bind(name)
        except OSError as e:
            print(e.errno, e.strerror, sep="\t")

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
    s.bind("")
    print(repr(s.getsockname())[:6], len(repr(s.getsockname())), sep="\t")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as c:
        c.connect(s.getsockname())
        c.send(b"found you")
        print(repr(s.recv(100)))
