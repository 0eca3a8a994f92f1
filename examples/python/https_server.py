# HTTPS server program: answers one request
import os
import socket
import ssl
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else '127.0.0.1'
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 8443)
CERTIFICATE = os.path.join(os.path.dirname(sys.argv[0]), '..', 'certificates', 'localhost.pem')

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(CERTIFICATE)
context.set_alpn_protocols(['http/1.1'])
with context.wrap_socket(socket.create_server((HOST, PORT)), server_side=True) as server:
    conn, addr = server.accept()     # shakes hands
    with conn, conn.makefile('rw', newline='') as f:
        print(conn.selected_alpn_protocol(), f.readline().strip())
        while f.readline().strip():
            pass
        body = 'Hello over TLS\n'
        f.write(f'HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}')
