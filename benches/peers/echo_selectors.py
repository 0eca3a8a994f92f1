"""The echo server of the bench in CPython, with selectors. Prints its port."""
import selectors
import socket

server = socket.create_server(("", 0), backlog=4096)
print(server.getsockname()[1], flush=True)
server.setblocking(False)
selector = selectors.DefaultSelector()


def accept(server):
    while True:
        try:
            c, _ = server.accept()
        except BlockingIOError:
            return
        c.setblocking(False)
        selector.register(c, selectors.EVENT_READ, echo)


def echo(c):
    data = c.recv(4096)
    if data:
        c.send(data)
    else:
        selector.unregister(c)
        c.close()


selector.register(server, selectors.EVENT_READ, accept)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
