# accept.py: prints its port, accepts and closes.
import socket

server = socket.create_server(("", 0), backlog=4096)
print(server.getsockname()[1], flush=True)
while True:
    server.accept()[0].close()
