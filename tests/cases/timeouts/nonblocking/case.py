# Without waiting: everything that would block raises BlockingIOError.
import socket


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, e.errno, e, sep="\t")


a, b = socket.socketpair()
b.setblocking(False)
show(lambda: b.recv(10))
show(lambda: b.recvfrom(10))
show(lambda: b.recv_into(bytearray(10)))
show(lambda: b.recvfrom_into(bytearray(10)))
a.sendall(b"data")
show(lambda: b.recv(10))
a.close()
show(lambda: b.recv(10))
b.close()

with socket.create_server(("127.0.0.1", 0)) as server:
    server.setblocking(False)
    show(lambda: server.accept())

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
    u.bind(("127.0.0.1", 0))
    u.setblocking(False)
    show(lambda: u.recvfrom(10))
