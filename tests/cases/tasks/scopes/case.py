# A group ends when all in it have ended, its first failure cancels the others, and a timeout ends what waits inside.
import asyncio


async def main():
    done = []

    async def work(n):
        await asyncio.sleep(0.02 * n)
        done.append(n)

    async with asyncio.TaskGroup() as group:
        for n in (3, 1, 2):
            group.create_task(work(n))
    print(repr(done))

    cancelled = []

    async def wait(n):
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            cancelled.append(n)
            raise

    async def fail():
        await asyncio.sleep(0.01)
        raise ValueError("first")

    try:
        async with asyncio.TaskGroup() as group:
            for n in (1, 2):
                group.create_task(wait(n))
            group.create_task(fail())
    except* ValueError as raised:
        print(raised.exceptions[0])
    print(repr(sorted(cancelled)))

    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(100)
    except TimeoutError:
        print("TimeoutError")
    async with asyncio.timeout(60):
        await asyncio.sleep(0)
    print("in time")


asyncio.run(main())
