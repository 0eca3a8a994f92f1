# TLS echo server program
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 50443)
CERTIFICATE = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'localhost.pem')

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE)
with socket.create_server((HOST, PORT)) as server:
    conn, addr = server.accept()
    with context.wrap_socket(conn, server_side=True) as conn:
        print('Connected by', addr, conn.version())
        while True:
            data = conn.recv(1024)
            if not data: break
            conn.sendall(data)
