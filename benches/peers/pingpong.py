# pingpong.py PORT COUNT: a byte to the peer and back; prints the seconds it took.
import socket, sys, time


def main():
    port, count = int(sys.argv[1]), int(sys.argv[2])
    with socket.create_connection(("127.0.0.1", port)) as c:
        start = time.perf_counter()
        for i in range(count):
            c.send(b"x")
            c.recv(1)
        print(time.perf_counter() - start)


main()
