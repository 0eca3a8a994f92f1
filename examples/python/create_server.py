import socket
import sys

HOST = sys.argv[1] if len(sys.argv) > 1 else ''
PORT = int(sys.argv[2] if len(sys.argv) > 2 else 8080)
addr = (HOST, PORT)  # all interfaces, port 8080
if socket.has_dualstack_ipv6():
    s = socket.create_server(addr, family=socket.AF_INET6, dualstack_ipv6=True)
else:
    s = socket.create_server(addr)
with s:
    conn, addr = s.accept()
with conn:
    print('Connected by', addr)
    conn.sendall(conn.recv(1024))
