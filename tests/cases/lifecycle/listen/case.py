# listen: with and without a backlog, twice, and accepting in order.
import socket

with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    print(repr(s.listen()), repr(s.listen(5)), repr(s.listen(-1)), repr(s.listen(0)), repr(s.listen(8)))
    print(s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
    clients = []
    for i in range(3):
        c = socket.create_connection(s.getsockname())
        c.sendall(b"client %d" % i)
        clients.append(c)
    for c in clients:
        conn, addr = s.accept()
        print(repr(conn.recv(100)), repr(addr == c.getsockname()))
        print(int(conn.family), int(conn.type), repr(conn.getblocking()))
        conn.close()
        c.close()

# A listener that was never bound gets a port of its own.
with socket.socket() as s:
    s.listen()
    print(s.getsockname()[0], repr(s.getsockname()[1] > 0))
