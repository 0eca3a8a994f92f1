# TLS echo client program
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50443)
AUTHORITY = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'ca.pem')

context = ssl.create_default_context(cafile=AUTHORITY)
with context.wrap_socket(socket.create_connection((HOST, PORT)), server_hostname='localhost') as s:
    s.sendall(b'Hello, world')
    print('Received', repr(s.recv(1024)))
    print(s.version(), s.getpeercert()['subject'])
