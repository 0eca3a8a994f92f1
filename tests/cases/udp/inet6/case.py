# UDP over IPv6: addresses of four parts.
import socket

with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server, \
     socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as c:
    server.bind(("::1", 0))
    port = server.getsockname()[1]
    c.sendto(b"two parts", ("::1", port))
    data, address = server.recvfrom(100)
    print(repr(data), address[0], address[2], address[3], len(address), sep="\t")
    c.sendto(b"four parts", ("::1", port, 0, 0))
    print(repr(server.recv(100)))
    server.sendto(b"back", address)
    data, address = c.recvfrom(100)
    print(repr(data), repr(address == server.getsockname()), sep="\t")
