# Lists of tuples print as such; a number that is no member has no name.
import socket


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e, sep="\t")


print(repr(socket.if_nameindex()[0]))
print(repr(socket.gethostname), repr(socket).startswith("<module 'socket'"))
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(("127.0.0.1", 0))
one.setsockopt(socket.IPPROTO_IP, 12, 1)
one.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 77)
one.sendto(b"x", one.getsockname())
data, ancdata, flags, address = one.recvmsg(10, 100)
print(repr(ancdata))
one.close()
show(lambda: socket.AddressFamily(999))
show(lambda: socket.SocketKind(2049))
