# lines.py PORT COUNT LENGTH: reads lines off a connection; prints the seconds it took.
import socket, sys, time


def main():
    port, count, length = map(int, sys.argv[1:])
    with socket.create_connection(("127.0.0.1", port)) as c, c.makefile("rb") as f:
        seen = size = 0
        start = time.perf_counter()
        for line in f:
            seen += 1
            size += len(line)
        print(time.perf_counter() - start)
        assert seen == count and size == length * count


main()
