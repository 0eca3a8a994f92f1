# The documented echo, both ends in one thread: the backlog holds the connection.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.connect(server.getsockname())
        conn, addr = server.accept()
        with conn:
            print(repr(addr == client.getsockname()))
            print(repr(client.sendall(b"Hello, world")))
            data = conn.recv(1024)
            print("Received", repr(data))
            print(conn.send(data))
            print("Received", repr(client.recv(1024)))
        print(repr(client.recv(1024)))
