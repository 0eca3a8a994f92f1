"""The echo server of the bench in CPython, with asyncio's protocols; `uvloop` as an argument: on uvloop. Prints its port."""
import asyncio
import socket
import sys

if sys.argv[1:] == ["uvloop"]:
    import uvloop
    uvloop.install()


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


async def main():
    listener = socket.create_server(("", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    server = await asyncio.get_running_loop().create_server(Echo, sock=listener, backlog=4096)
    await server.serve_forever()


asyncio.run(main())
