# recvfrom on a stream: the data, and no address.
import socket

a, b = socket.socketpair()
a.sendall(b"hello")
data, address = b.recvfrom(100)
print(repr(data), repr(address), sep="\t")
a.sendall(b"world")
buf = bytearray(5)
n, address = b.recvfrom_into(buf)
print(n, repr(buf), repr(address), sep="\t")
a.close()
b.close()

with socket.create_server(("127.0.0.1", 0)) as server:
    with socket.create_connection(server.getsockname()) as c:
        conn, addr = server.accept()
        c.sendall(b"over tcp")
        data, address = conn.recvfrom(100)
        print(repr(data), repr(address), sep="\t")
        conn.close()
