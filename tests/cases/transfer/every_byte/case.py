# All 256 byte values travel unchanged.
import socket

data = bytes(range(256))
with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as c:
        conn, addr = server.accept()
        c.sendall(data)
        c.shutdown(socket.SHUT_WR)
        got = b""
        while len(got) < 256:
            got += conn.recv(100)
        print(len(got), repr(got == data), sep="\t")
        print(repr(conn.recv(100)))
        conn.close()
