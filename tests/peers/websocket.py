"""A real WebSocket server: `websockets` on a port of the kernel's choice, which it prints first. It sends back what it gets.

    python3 tests/peers/websocket.py [CERTIFICATE]      (with a certificate it speaks TLS)
"""
import asyncio
import ssl
import sys

import websockets


async def echo(connection, path=None):
    async for message in connection:
        if message == "ping first":
            await connection.ping()
        if message == "in pieces":
            await connection.send(["in ", "pie", "ces"])
        else:
            await connection.send(message)


async def main():
    context = None
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
    async with websockets.serve(echo, "127.0.0.1", 0, ssl=context) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
