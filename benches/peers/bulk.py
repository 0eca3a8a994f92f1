"""bulk.py WAY: prints its port, accepts one connection, and sends or receives on it in chunks of 64 KiB until it ends."""
import socket
import sys

way, size = sys.argv[1], 65536
server = socket.create_server(("", 0))
print(server.getsockname()[1], flush=True)
c, _ = server.accept()
if way == "send":
    chunk = b"b" * size
    try:
        while True:
            c.sendall(chunk)
    except OSError:
        pass
elif way == "recv":
    while c.recv(size):
        pass
else:
    buffer = bytearray(size)
    while c.recv_into(buffer):
        pass
