# SCTP: a connection, and messages to many peers over one socket.
import socket

SCTP = 132  # IPPROTO_SCTP

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
server.bind(("127.0.0.1", 0))
server.listen()
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, SCTP)
client.settimeout(20)
client.connect(server.getsockname())
connection, peer = server.accept()
connection.settimeout(20)
print(peer[0], client.proto == socket.IPPROTO_SCTP)
client.sendall(b"one to one")
print(repr(connection.recv(100)))

a = socket.socket(socket.AF_INET6, socket.SOCK_SEQPACKET, SCTP)
b = socket.socket(socket.AF_INET6, socket.SOCK_SEQPACKET, SCTP)
for s in (a, b):
    s.settimeout(20)
    s.bind(("::1", 0))
    s.listen()
print(a.sendto(b"one to many", b.getsockname()))
data, ancillary, flags, address = b.recvmsg(100)
print(repr(data), flags & socket.MSG_EOR != 0, address == a.getsockname())
