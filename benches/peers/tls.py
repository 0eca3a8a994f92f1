# tls.py WAY IDENTITY PORT COUNT: sends or takes so many MiB over TLS; prints the seconds it took.
import socket, ssl, sys, time


def main():
    way, identity, port, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    context = ssl.create_default_context(cafile=identity)
    plain = socket.create_connection(("127.0.0.1", port))
    with context.wrap_socket(plain, server_hostname="localhost") as s:
        piece = b"s" * 65536
        start = time.perf_counter()
        if way == "send":
            for i in range(count * 16):
                s.sendall(piece)
            s.recv(1)
        else:
            left = count << 20
            while left > 0:
                left -= len(s.recv(65536))
        print(time.perf_counter() - start)


main()
