# socketpair.py COUNT: a byte in at one end and out at the other; prints the seconds it took.
import socket, sys, time


def main():
    count = int(sys.argv[1])
    a, b = socket.socketpair()
    start = time.perf_counter()
    for i in range(count):
        a.send(b"x")
        b.recv(1)
    print(time.perf_counter() - start)


main()
