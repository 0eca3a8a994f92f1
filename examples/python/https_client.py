# HTTPS client program
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else 'localhost'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 443)
AUTHORITY = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'ca.pem')

context = ssl.create_default_context()            # trusts what the system trusts
context.load_verify_locations(AUTHORITY)          # and the authority of these examples
context.set_alpn_protocols(['http/1.1'])
with context.wrap_socket(socket.create_connection((HOST, PORT)), server_hostname=HOST) as s:
    s.sendall(f'GET / HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n'.encode())
    with s.makefile('rb') as f:
        print(f.readline().decode().strip())
        length = 0
        while line := f.readline().decode().strip():
            name, value = line.split(':', 1)
            if name.lower() == 'content-length':
                length = int(value)
        body = f.read(length)
    print(len(body), repr(body[:20]))
