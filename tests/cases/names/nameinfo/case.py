# Names of addresses, and the interfaces of this machine.
import socket


def show(function, *arguments):
    try:
        print(function(*arguments))
    except Exception as e:
        print(type(e).__name__)


NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
for address in (("127.0.0.1", 80), ("::1", 80, 0, 0), ("127.0.0.1", 0)):
    host, service = socket.getnameinfo(address, NUMERIC)
    print(host, service)
host, service = socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST)
print(host, service)
show(socket.getnameinfo, ("localhost", 80), NUMERIC)
show(socket.getnameinfo, 5, NUMERIC)
show(socket.getnameinfo, ("127.0.0.1", 80, 0, 0), NUMERIC)
print(socket.if_indextoname(1), socket.if_nametoindex("lo"))
index, name = socket.if_nameindex()[0]
print(index, name)
show(socket.if_nametoindex, "no-such-if")
show(socket.if_indextoname, 99999)
