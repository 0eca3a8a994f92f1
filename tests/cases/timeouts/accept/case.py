# accept with a timeout; the accepted socket blocks all the same.
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    server.settimeout(0.05)
    try:
        server.accept()
    except socket.timeout as e:
        print(type(e).__name__, e, sep="\t")
    with socket.create_connection(server.getsockname()):
        conn, addr = server.accept()
        print(repr(server.gettimeout()), repr(conn.gettimeout()), repr(conn.getblocking()))
        conn.close()
    server.setblocking(False)
    with socket.create_connection(server.getsockname()):
        conn, addr = server.accept()
        print(repr(server.gettimeout()), repr(conn.gettimeout()), repr(conn.getblocking()))
        conn.close()
