# MPTCP: a connection that could use several paths; on loopback it has one.
import socket

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP)
server.bind(("127.0.0.1", 0))
server.listen()
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP)
client.settimeout(20)
client.connect(server.getsockname())
connection, peer = server.accept()
connection.settimeout(20)
client.sendall(b"over one path or many")
print(repr(connection.recv(100)))
connection.sendall(b"and back")
print(repr(client.recv(100)))
print(peer == client.getsockname(), client.proto, connection.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL))
client.close()
print(repr(connection.recv(100)))
