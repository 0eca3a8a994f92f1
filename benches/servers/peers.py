"""The echo server of the bench as CPython's users write it: `peers.py epoll|asyncio|uvloop|threads`."""
import socket
import sys


def listener():
    server = socket.create_server(("", 0), backlog=4096)
    print(server.getsockname()[1], flush=True)
    return server


def with_epoll():
    import select
    server = listener()
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


def with_asyncio():
    import asyncio

    class Echo(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            self.transport.write(data)

    async def main():
        server = await asyncio.get_running_loop().create_server(Echo, sock=listener(), backlog=4096)
        await server.serve_forever()

    asyncio.run(main())


def with_uvloop():
    import uvloop
    uvloop.install()
    with_asyncio()


def with_threads():
    import socketserver

    class Echo(socketserver.BaseRequestHandler):
        def handle(self):
            while data := self.request.recv(4096):
                self.request.sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        request_queue_size = 4096
        daemon_threads = True

    with Server(("", 0), Echo) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


if sys.argv[2:] == ["there"]:
    if sys.argv[1] == "uvloop":
        import uvloop
else:
    globals()["with_" + sys.argv[1]]()
