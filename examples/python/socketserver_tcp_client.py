import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)
with socket.create_connection((HOST, PORT)) as s:
    f = s.makefile('rb')
    for line in (b'hello\n', b'goodbye\n'):
        s.sendall(line)
        print(repr(f.readline()))
