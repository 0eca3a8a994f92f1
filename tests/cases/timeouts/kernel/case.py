# SO_RCVTIMEO: the kernel's own timeout ends a blocking call as one that would block; a dup and an adopted socket have it too.
import socket

LIMIT = b"\0" * 8 + b"\x10\x27" + b"\0" * 6


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, repr(getattr(e, "errno", None)), e, sep="\t")


a, b = socket.socketpair()
a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
show(lambda: a.recv(10))
show(lambda: a.recv_into(bytearray(4)))
show(lambda: a.recvmsg(10))
b.send(b"abc")
show(lambda: a.recv(10))
copy = a.dup()
show(lambda: copy.recv(10))
adopted = socket.socket(fileno=copy.detach())
show(lambda: adopted.recvfrom(10))
# A timeout of the socket's own takes its place, and none gives it back.
a.settimeout(0.01)
show(lambda: a.recv(10))
a.settimeout(None)
show(lambda: a.recv(10))
a.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, b"\0" * 16)
b.close()
show(lambda: a.recv(10))

server = socket.create_server(("127.0.0.1", 0))
server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
show(server.accept)
client = socket.create_connection(server.getsockname())
taken, _ = server.accept()
show(lambda: taken.recv(10))

one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, LIMIT)
one.shutdown(socket.SHUT_RDWR)
show(lambda: one.recv(10))
