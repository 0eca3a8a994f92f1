import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'example.org'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 80)
print(socket.gethostname())

# The addresses of a TCP service: a list of (family, type, proto, canonname, sockaddr).
print(repr(socket.getaddrinfo(HOST, PORT, proto=socket.IPPROTO_TCP)))
for res in socket.getaddrinfo(HOST, PORT, type=socket.SOCK_STREAM):
    af, socktype, proto, canonname, sa = res
    print(sa)
