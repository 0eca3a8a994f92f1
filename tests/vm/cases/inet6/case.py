# IPv6: a link-local address needs its interface, by number or by name; a flow label is taken.
import socket

lo = socket.if_nametoindex("lo")
r = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
r.settimeout(20)
r.bind(("fe80::1", 0, 0, lo))
host, port, flowinfo, scope = r.getsockname()
print(host, flowinfo, scope == lo)
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.sendto(b"by number", ("fe80::1", port, 0, lo))
print(repr(r.recv(100)))
s.sendto(b"by name", ("fe80::1%lo", port))
data, address = r.recvfrom(100)
print(repr(data), address[0], address[3] == lo)
s.connect(("fe80::1", port, 0x12345, lo))
host, there, flowinfo, scope = s.getpeername()
print(host, there == port, flowinfo, scope == lo)
