import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
with socket.create_connection((HOST, PORT)) as first, \
     socket.create_connection((HOST, PORT)) as second:
    second.sendall(b'second')                 # the first one is there, and says nothing yet
    print(repr(second.recv(1024)))
    first.sendall(b'first')
    print(repr(first.recv(1024)))
    second.sendall(b'goodbye')
    print(repr(second.recv(1024)))
