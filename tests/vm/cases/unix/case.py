# AF_UNIX: a path as text and as bytes, an abstract name, and the name the kernel makes up.
import socket

for name in ("text", b"bytes", b"\x00abstract"):
    server = socket.socket(socket.AF_UNIX)
    server.bind(name)
    server.listen()
    client = socket.socket(socket.AF_UNIX)
    client.connect(name)
    connection, peer = server.accept()
    client.sendall(b"hello")
    print(repr(server.getsockname()), repr(client.getpeername()), repr(peer), repr(connection.recv(10)))
a = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
b = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a.bind("")
b.bind("")
a.sendto(b"from a made-up name", b.getsockname())
data, address = b.recvfrom(100)
print(repr(data), len(address), address == a.getsockname())
