# Addresses that race come to the same end. Python's own create_connection tries them one after the other.
import socket

with socket.create_server(("127.0.0.1", 0)) as server:
    address = server.getsockname()
    for host in ("127.0.0.1", "localhost"):
        with socket.create_connection((host, address[1]), 10) as s:
            peer, own = server.accept()
            print(s.getpeername() == address, s.getsockname() == own, s.gettimeout(), s.family == socket.AF_INET)
            s.sendall(b"hello")
            print(peer.recv(10))
            peer.close()
try:
    socket.create_connection(address)
except OSError as e:
    print(type(e).__name__, e.errno)
