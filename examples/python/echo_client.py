# Echo client program
import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'daring.cwi.nl'    # The remote host
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50007)         # The same port as used by the server
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.connect((HOST, PORT))
    s.sendall(b'Hello, world')
    data = s.recv(1024)
print('Received', repr(data))
