# An address may be given by name as any other parameter, where the language at hand has that; a map without names is no keyword.
import select
import socket

s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
address = s.getsockname()
c = socket.socket()
c.connect(address)
d = socket.socket()
print(repr(d.connect_ex(address)))
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
u.bind(("127.0.0.1", 0))
there = u.getsockname()
print(repr(u.sendto(b"a", there)))
print(repr(u.sendto(b"a", 0, there)))
print(repr(u.sendmsg([b"ab"], [], 0, there)))
print(repr(u.sendmsg([b"ab", b"c"], [], 0, there)))
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
print(repr(select.select([], [], [], 0)))
e = socket.create_connection(address)
print(repr(e.gettimeout()))
try:
    c.connect({"adress": 1})
except TypeError as e:
    print("TypeError")
