# VSOCK: a connection over the kernel's own loopback, machine 1.
import socket

LOCAL = 1  # VMADDR_CID_LOCAL, which CPython has from 3.14 on

server = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
server.bind((LOCAL, 1024))
server.listen()
print(repr(server.getsockname()))
client = socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)
client.settimeout(20)
client.connect((LOCAL, 1024))
connection, peer = server.accept()
connection.settimeout(20)
print(repr(client.getpeername()), repr(connection.getsockname()), peer == client.getsockname())
client.sendall(b"to machine 1")
print(repr(connection.recv(100)))
connection.sendall(b"from machine 1")
print(repr(client.recv(100)))
try:
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).connect((LOCAL, 9999))
except OSError as e:
    print(type(e).__name__, e.errno)
client.setsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, 65536)
print(client.getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE))
try:
    client.getsockopt(socket.AF_VSOCK, socket.SO_VM_SOCKETS_BUFFER_SIZE, 8)
except OSError as e:
    print(e)
