# Two UDP sockets: sendto, recvfrom, and back to where it came from.
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
        print(c.sendto(b"ping", server.getsockname()))
        data, address = server.recvfrom(1024)
        print(repr(data), address[0], repr(address[1] == c.getsockname()[1]), sep="\t")
        print(server.sendto(b"pong", 0, address))
        data, address = c.recvfrom(1024)
        print(repr(data), repr(address == server.getsockname()), sep="\t")
        # Messages keep their borders, empty ones too.
        for message in (b"one", b"", b"three"):
            c.sendto(message, server.getsockname())
        print(repr(server.recv(100)), repr(server.recv(100)), repr(server.recv(100)))
        # What does not fit is lost.
        c.sendto(b"0123456789", server.getsockname())
        c.sendto(b"next", server.getsockname())
        print(repr(server.recvfrom(4)[0]), repr(server.recvfrom(100)[0]))
