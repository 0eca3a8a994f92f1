import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'example.org'
print(socket.getaddrinfo(HOST, 80, proto=socket.IPPROTO_TCP))
