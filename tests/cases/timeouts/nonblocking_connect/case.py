# A connection made without waiting: begun, then there, then there already.
import errno
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.socket() as s:
        s.setblocking(False)
        try:
            s.connect(server.getsockname())
        except BlockingIOError as e:
            print(type(e).__name__, errno.errorcode[e.errno], e.strerror, sep="\t")
        conn, addr = server.accept()
        print(s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        print(s.connect_ex(server.getsockname()))
        print(errno.errorcode[s.connect_ex(server.getsockname())])
        conn.sendall(b"hello")
        s.settimeout(5)
        print(repr(s.recv(10)))
        conn.close()

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as s:
        print(errno.errorcode[s.connect_ex(server.getsockname())])
