"""The echo server of the bench in CPython, epoll by hand. Prints its port."""
import select
import socket

server = socket.create_server(("", 0), backlog=4096)
print(server.getsockname()[1], flush=True)
server.setblocking(False)
epoll = select.epoll()
epoll.register(server, select.EPOLLIN)
connections = {}
while True:
    for fd, _ in epoll.poll():
        if fd == server.fileno():
            while True:
                try:
                    c, _ = server.accept()
                except BlockingIOError:
                    break
                c.setblocking(False)
                connections[c.fileno()] = c
                epoll.register(c, select.EPOLLIN)
            continue
        c = connections[fd]
        data = c.recv(4096)
        if data:
            c.send(data)
        else:
            del connections[fd]
            c.close()
