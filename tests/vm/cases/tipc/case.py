# TIPC: a service name, a range of them and a socket's own identity; datagrams, and a connection.
import errno
import socket

SERVICE = 4242

server = socket.socket(socket.AF_TIPC, socket.SOCK_RDM)
server.settimeout(20)
server.bind((socket.TIPC_ADDR_NAMESEQ, SERVICE, 10, 20, socket.TIPC_NODE_SCOPE))
client = socket.socket(socket.AF_TIPC, socket.SOCK_RDM)
client.settimeout(20)
print(client.sendto(b"by name", (socket.TIPC_ADDR_NAME, SERVICE, 15, 0)))
data, address = server.recvfrom(100)
print(repr(data), address[0] == socket.TIPC_ADDR_ID, address[:3] == client.getsockname()[:3], address[3:])
print(server.sendto(b"by identity", address))
data, address = client.recvfrom(100)
print(repr(data), address[:3] == server.getsockname()[:3])
print(client.sendto(b"by range", (socket.TIPC_ADDR_NAMESEQ, SERVICE, 10, 20, socket.TIPC_CLUSTER_SCOPE)))
print(repr(server.recv(100)))
try:
    client.sendto(b"nobody", (socket.TIPC_ADDR_NAME, SERVICE, 99, 0))
    print(repr(client.recv(100)))
except OSError as e:
    print(e.errno, e.strerror)

listener = socket.socket(socket.AF_TIPC, socket.SOCK_SEQPACKET)
listener.bind((socket.TIPC_ADDR_NAME, SERVICE, 30, 0, socket.TIPC_NODE_SCOPE))
listener.listen(5)
client = socket.socket(socket.AF_TIPC, socket.SOCK_SEQPACKET)
client.setblocking(False)
# It completes when the listener accepts.
print(client.connect_ex((socket.TIPC_ADDR_NAME, SERVICE, 30, 0)) == errno.EINPROGRESS)
connection, peer = listener.accept()
client.settimeout(20)
connection.settimeout(20)
print(peer[0] == socket.TIPC_ADDR_ID, client.getsockname()[:3] == connection.getpeername()[:3])
client.sendall(b"a packet")
print(repr(connection.recv(100)))
connection.sendall(b"another")
print(repr(client.recv(100)))
print(client.getsockopt(socket.SOL_TIPC, socket.TIPC_IMPORTANCE))
