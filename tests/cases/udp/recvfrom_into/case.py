# recvfrom_into and recv_into on datagrams.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__)


with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, \
     socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
    server.bind(("127.0.0.1", 0))
    c.bind(("127.0.0.1", 0))
    buf = bytearray(b"..........")
    c.sendto(b"abc", server.getsockname())
    n, address = server.recvfrom_into(buf)
    print(n, repr(buf), repr(address == c.getsockname()), sep="\t")
    c.sendto(b"0123456789", server.getsockname())
    n, address = server.recvfrom_into(buf, 5)
    print(n, repr(buf), sep="\t")
    c.sendto(b"peek", server.getsockname())
    n, address = server.recvfrom_into(buf, 0, socket.MSG_PEEK)
    print(n, repr(server.recv(100)), sep="\t")
    c.sendto(b"view", server.getsockname())
    n, address = server.recvfrom_into(memoryview(buf)[4:6])
    print(n, repr(buf), sep="\t")
    show(lambda: server.recvfrom_into(buf, 11))
    show(lambda: server.recvfrom_into(buf, -1))
    show(lambda: server.recvfrom_into(None))
    show(lambda: server.recvfrom(-1))
