# close: once or often; afterwards there is no descriptor and every call says so.
import socket


def show(f):
    try:
        print(repr(f()))
    except OSError as e:
        print(type(e).__name__, e.errno, e.strerror, sep="\t")


s = socket.socket()
s.settimeout(3)
print(repr(s.close()), repr(s.close()))
print(s.fileno())
print(int(s.family), int(s.type), s.proto, repr(s.gettimeout()))
show(lambda: s.recv(1))
show(lambda: s.recvfrom(1))
show(lambda: s.recv_into(bytearray(1)))
show(lambda: s.send(b"x"))
show(lambda: s.sendall(b"x"))
show(lambda: s.sendto(b"x", ("127.0.0.1", 9)))
show(lambda: s.bind(("127.0.0.1", 0)))
show(lambda: s.listen())
show(lambda: s.accept())
show(lambda: s.connect(("127.0.0.1", 9)))
show(lambda: s.connect_ex(("127.0.0.1", 9)))
show(lambda: s.getsockname())
show(lambda: s.getpeername())
show(lambda: s.shutdown(socket.SHUT_RDWR))
show(lambda: s.dup())
show(lambda: s.setblocking(False))
show(lambda: s.get_inheritable())
show(lambda: s.detach())
