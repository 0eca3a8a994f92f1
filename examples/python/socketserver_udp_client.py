import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for data in (b'hello', b'goodbye'):
        s.sendto(data, (HOST, PORT))
        print(repr(s.recv(1024)))
