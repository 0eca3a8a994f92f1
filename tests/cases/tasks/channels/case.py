# A channel hands values on in their order, holds senders back when it is full, and ends a loop when it is closed.
import asyncio


class ShutDown(Exception):
    pass


class Channel(asyncio.Queue):
    """asyncio.Queue with the end that Python 3.13 gave it."""

    ended = object()

    def __init__(self, capacity=0):
        super().__init__(capacity)
        self.closed = False

    async def send(self, value):
        if self.closed:
            raise ShutDown
        await self.put(value)

    async def recv(self, timeout=None):
        value = await asyncio.wait_for(self.get(), timeout)
        if value is Channel.ended:
            self.close()
            raise ShutDown
        return value

    def close(self):
        self.closed = True
        self._maxsize = 0
        self.put_nowait(Channel.ended)

    async def __aiter__(self):
        try:
            while True:
                yield await self.recv()
        except ShutDown:
            pass


async def main():
    ch = Channel()
    for n in range(3):
        await ch.send(n)
    print(ch.qsize())
    print(await ch.recv(), await ch.recv(), await ch.recv())
    try:
        await ch.recv(0.01)
    except TimeoutError:
        print("TimeoutError")

    # One place: the sender is never more than a value ahead.
    ch = Channel(1)
    events = []

    async def produce():
        for n in range(3):
            await ch.send(n)
            events.append(f"sent {n}")
        ch.close()

    producer = asyncio.create_task(produce())
    async for n in ch:
        events.append(f"got {n}")
        await asyncio.sleep(0.01)
    await producer
    print(repr(events))
    print(ch.closed)
    for attempt in (ch.recv(), ch.send(1)):
        try:
            await attempt
        except ShutDown:
            print("ShutDown")

    # Who waits longest is served first.
    ch = Channel()
    served = []

    async def serve(name):
        served.append(name + await ch.recv())

    async with asyncio.TaskGroup() as group:
        for name in "abc":
            group.create_task(serve(name))
        await asyncio.sleep(0.01)
        for n in "123":
            await ch.send(n)
    print(repr(served))

    # Who is cancelled has taken nothing.
    waiter = asyncio.create_task(ch.recv())
    await asyncio.sleep(0)
    waiter.cancel()
    await ch.send("kept")
    try:
        await waiter
    except asyncio.CancelledError:
        print("CancelledError")
    print(await ch.recv())


asyncio.run(main())
